import type { Standing, SubmissionState } from '@holdout/contracts';

/** The filter of an organiser's submissions, as the page's address says it; what is left out lets all through. */
export interface SubmissionSearch {
  readonly phase?: string;
  readonly state?: SubmissionState;
  readonly standing?: Standing;
  readonly team?: string;
  readonly text?: string;
  /** Days in the reader's zone, `2027-01-31`: from the beginning of the first to the end of the last. */
  readonly from?: string;
  readonly to?: string;
}

export const states = [
  'queued',
  'checking',
  'running',
  'scoring',
  'scored',
  'rejected',
  'failed',
  'cancelled',
] as const satisfies readonly SubmissionState[];
export const standings = ['counted', 'withdrawn', 'disqualified'] as const satisfies readonly Standing[];

/** Reads it from whatever an address holds: what can't be meant is left out. */
export function readSubmissionSearch(search: Record<string, unknown>): SubmissionSearch {
  const { phase, state, standing, team, text, from, to } = search;
  const known = {
    phase: toText(phase),
    state: states.find((each) => each === state),
    standing: standings.find((each) => each === standing),
    team: toText(team),
    text: toText(text),
    from: toDay(from),
    to: toDay(to),
  };
  return prune(known);
}

/** As the server takes it. */
export function toQuery({ from, to, ...search }: SubmissionSearch): URLSearchParams {
  const query = new URLSearchParams(search);
  if (from) query.set('since', new Date(`${from}T00:00:00`).toISOString());
  if (to) query.set('until', nextDay(to).toISOString());
  return query;
}

/** Without what is undefined. */
export function prune<T extends object>(search: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as typeof search;
}

function nextDay(day: string): Date {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + 1);
  return date;
}

function toText(value: unknown): string | undefined {
  // The router reads `12` as a number.
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function toDay(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined;
}
