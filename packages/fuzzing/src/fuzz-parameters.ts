import { readFileSync } from 'node:fs';

/** Of `npm test`, which tries the same inputs each time: what it says of a change is about the change. */
const seedOfTests = 20_261_127;

/**
 * How often, and from which seed, a fuzz test runs: as often as `short` says and always from one seed within `npm test`;
 * as often as `npm run test:fuzz` asks otherwise, from a new seed each time where it names none. fast-check prints the
 * seed of a run that failed; `--seed` repeats it.
 *
 * @throws Error where one of the variables is no whole number
 */
export function fuzzParameters(short: number): { numRuns: number; seed?: number; endOnFailure: true } {
  const runs = readWhole('HOLDOUT_FUZZ_RUNS');
  const seed = readWhole('HOLDOUT_FUZZ_SEED') ?? (runs === undefined ? seedOfTests : undefined);
  return {
    numRuns: runs ?? short,
    ...(seed === undefined ? {} : { seed }),
    // Inputs are few changes to a known file already, and shrinking a hang would wait for each of its deadlines.
    endOnFailure: true,
  };
}

/** The time limit of a test of so many runs: a second each, on a machine that is busy with other things. */
export function fuzzTimeoutMilliseconds(short: number): number {
  return 300_000 + fuzzParameters(short).numRuns * 1000;
}

/** The most resident memory that a process had, in bytes. */
export function readPeakBytes(pid: number | 'self'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function readWhole(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value)) throw new Error(`${name} is “${text}”, expected a whole number.`);
  return value;
}
