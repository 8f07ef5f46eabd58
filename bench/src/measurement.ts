/** What one row of the bench found. Samples of both sides were taken in turns, so that a slow minute strikes both. */
export interface Measurement {
  /** What was measured, for the table. */
  readonly what: string;
  readonly unit: string;
  /** One a round. */
  readonly samples: readonly number[];
  /** The same work done by something to compare with, in the same rounds. */
  readonly against?: { readonly what: string; readonly samples: readonly number[] };
  readonly aim?: Aim;
  /** What a reader needs to know to repeat it, or to read it right. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** What is hoped for: of the median, or of the median of the rounds' ratios. */
export interface Aim {
  readonly of: 'median' | 'ratio';
  readonly comparison: 'atLeast' | 'below';
  readonly value: number;
}

/** A measurement with what follows from its samples. */
export interface Result extends Measurement {
  readonly row: string;
  readonly median: number;
  readonly againstMedian?: number;
  /** The median of the rounds' ratios, samples to samples against. */
  readonly ratio?: number;
  readonly aimMet?: boolean;
}

/** What every row is given. */
export interface BenchOptions {
  /** An empty folder for what is made; it is removed afterwards. */
  readonly directory: string;
  readonly rounds: number;
  readonly images: number;
  /** Of the bundle that is uploaded. */
  readonly gigabytes: number;
  /** How long 200 clients are there. */
  readonly minutes: number;
  /** Tells the person who waits what is going on. */
  readonly say: (line: string) => void;
}

/** A row of the table or several that come from the same rounds. */
export type Row = (options: BenchOptions) => Promise<Measurement[]>;

export function summarise(row: string, measurement: Measurement): Result {
  const { samples, against, aim } = measurement;
  const result = { row, ...measurement, median: median(samples) };
  if (!against) return { ...result, ...(aim ? { aimMet: isMet(aim, result.median) } : {}) };
  const ratio = median(samples.map((sample, round) => sample / (against.samples[round] ?? Number.NaN)));
  const aimMet = aim ? { aimMet: isMet(aim, aim.of === 'ratio' ? ratio : result.median) } : {};
  return { ...result, againstMedian: median(against.samples), ratio, ...aimMet };
}

/** @throws Error where there is nothing to take the median of. */
function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error('No samples were taken, expected one a round.');
  return (lower + upper) / 2;
}

function isMet(aim: Aim, value: number): boolean {
  return aim.comparison === 'atLeast' ? value >= aim.value : value < aim.value;
}
