import { z } from 'zod';

/**
 * The states of a submission, in the order of its journey.
 * They are stored on the evaluation that the submission is waiting for, and nowhere else.
 */
export const submissionStates = [
  'queued',
  'checking',
  'running',
  'scoring',
  'scored',
  'rejected',
  'failed',
  'cancelled',
] as const;

export const submissionStateSchema = z.enum(submissionStates);
export type SubmissionState = z.infer<typeof submissionStateSchema>;

/**
 * The only ways between states. `checking → queued`, `running → queued` and `scoring → scoring`
 * do not exist: a worker that dies leaves the state as it is, and the next one takes over the lease.
 */
export const submissionTransitions: Readonly<Record<SubmissionState, readonly SubmissionState[]>> = {
  queued: ['checking', 'failed', 'cancelled'],
  checking: ['running', 'rejected', 'failed', 'cancelled'],
  running: ['scoring', 'rejected', 'failed', 'cancelled'],
  scoring: ['scored', 'failed', 'cancelled'],
  scored: [],
  rejected: [],
  failed: [],
  cancelled: [],
};

/** Whether a submission counts on its board: an organiser may take it out, and bring it back. */
export const standings = ['counted', 'withdrawn', 'disqualified'] as const;
export const standingSchema = z.enum(standings);
export type Standing = z.infer<typeof standingSchema>;

/** Who ends a submission that need not end: its own team, or an organiser. */
export const cancellers = ['team', 'organiser'] as const;
export type Canceller = (typeof cancellers)[number];

/** The states that a submission never leaves. */
export const finalStates: readonly SubmissionState[] = submissionStates.filter(
  (state) => submissionTransitions[state].length === 0,
);

export function isFinalState(state: SubmissionState): boolean {
  return submissionTransitions[state].length === 0;
}

/** The states from which `to` may be reached: what a transition's `WHERE state = ANY(…)` names. */
export function statesBefore(to: SubmissionState): SubmissionState[] {
  return submissionStates.filter((from) => submissionTransitions[from].includes(to));
}
