import {
  type ErrorCode,
  errorCatalogue,
  type Reason,
  type Submission,
  type SubmissionEvent,
  submissionStates,
} from '@holdout/contracts';
import type { EventRecord, PhaseRecord, SubmissionRecord } from '@holdout/db';
import { presentProvenance } from '../present-provenance.js';
import { policyOf, presentIntervals, presentScore } from '../present-score.js';

/** What a submission's team, and organisers, may see of it. */
export function presentSubmission(submission: SubmissionRecord, phase: PhaseRecord, isOrganiser: boolean): Submission {
  const withheld = isOrganiser ? null : findWithholding(submission, phase);
  const policy = policyOf(phase);
  const [score, intervals] = withheld ? [null, null] : [submission.score, submission.intervals];
  return {
    id: submission.id,
    competition: submission.competition,
    phase: submission.phase,
    team: submission.team,
    name: submission.name,
    description: submission.description,
    link: submission.link,
    engine: submission.engine,
    bundleDigest: submission.bundleDigest,
    bundleSizeBytes: submission.bundleSizeBytes,
    state: submission.state,
    progress: submission.progress,
    reason: presentReason(submission.reason),
    score: score && presentScore(score, policy),
    intervals: intervals && presentIntervals(intervals, policy),
    withheld,
    chosen: submission.chosen,
    provenance: score && submission.basis && presentProvenance(submission.basis, submission.bundleDigest),
    standing: submission.standing,
    standingReason: submission.standingReason,
    times: presentTimes(submission.times),
    submittedAt: submission.submittedAt.toISOString(),
  };
}

/** Why the team is not told the score that there is. */
function findWithholding({ score, released }: SubmissionRecord, { release }: PhaseRecord): Submission['withheld'] {
  if (!score) return null;
  if (release.state === 'hidden') return 'until_final';
  return released ? null : 'not_better';
}

/** One thing that happened, as it is sent to those who follow the submission. */
export function presentEvent(event: EventRecord): SubmissionEvent {
  const at = event.at.toISOString();
  switch (event.kind) {
    case 'state':
      return { kind: 'state', at, state: event.data.state, reason: presentReason(event.data.reason) };
    case 'progress': {
      const { stage, imagesDone, imagesTotal } = event.data;
      return { kind: 'progress', at, stage, imagesDone, imagesTotal };
    }
    case 'log':
      return { kind: 'log', at, line: event.data.line };
  }
}

/** The details of our own faults are for our log, not for a team. */
export function presentReason(reason: { code: ErrorCode; detail: string | null } | null): Reason | null {
  if (!reason) return null;
  const { title, fault, next } = errorCatalogue[reason.code];
  const detail = fault === 'server' ? null : reason.detail;
  return { code: reason.code, fault, message: detail ? `${title} ${detail}` : title, next };
}

function presentTimes(times: SubmissionRecord['times']): Submission['times'] {
  const entered: Submission['times'] = {};
  for (const state of submissionStates) {
    const at = times[state];
    if (at) entered[state] = at.toISOString();
  }
  return entered;
}
