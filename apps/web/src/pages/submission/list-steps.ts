import type { Submission, SubmissionState } from '@holdout/contracts';

export interface Step {
  readonly state: SubmissionState;
  /** When it was entered; null for one that is to come. */
  readonly at: string | null;
  /** How long it stayed in it, to a tenth; null for one that it is in, or that is to come. */
  readonly seconds: number | null;
}

const journey = ['queued', 'checking', 'running', 'scoring', 'scored'] as const;
const otherEnds = ['rejected', 'failed', 'cancelled'] as const;

/** The way of a submission: what it went through, and what is to come while it has not ended otherwise. */
export function listSteps({ times, state }: Pick<Submission, 'times' | 'state'>): Step[] {
  const end = otherEnds.find((each) => each === state);
  const entered = journey.filter((each) => times[each]);
  const states: SubmissionState[] = end ? [...entered, end] : state === 'scored' ? entered : [...journey];
  const moments = states.map((each) => times[each] ?? null);
  return states.map((each, place) => ({
    state: each,
    at: moments[place] ?? null,
    seconds: secondsBetween(
      moments[place],
      moments.slice(place + 1).find((next) => next !== null),
    ),
  }));
}

function secondsBetween(from: string | null | undefined, to: string | null | undefined): number | null {
  if (!from || !to) return null;
  return Math.round((Date.parse(to) - Date.parse(from)) / 100) / 10;
}
