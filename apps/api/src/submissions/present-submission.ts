import {
  type Canceller,
  type EndFault,
  errorCatalogue,
  makeSentence,
  type Reason,
  type Submission,
  type SubmissionEvent,
  submissionStates,
  writeSentence,
} from '@holdout/contracts';
import type { EventRecord, PhaseRecord, ReasonRecord, SubmissionRecord } from '@holdout/db';
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
    warnings: [...submission.warnings],
    stopOnWarning: submission.stopOnWarning,
    reason: presentReason(submission.reason),
    fault: presentFault(submission),
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
      return {
        kind: 'state',
        at,
        state: event.data.state,
        reason: presentReason(event.data.reason),
        fault: presentFault(event.data),
      };
    case 'progress': {
      const { stage, imagesDone, imagesTotal } = event.data;
      return { kind: 'progress', at, stage, imagesDone, imagesTotal };
    }
    case 'log':
      return { kind: 'log', at, line: event.data.line };
    case 'warning':
      return { kind: 'warning', at, code: event.data.code, message: event.data.message, sentence: event.data.sentence };
  }
}

/** Whose doing it was that it ended; null where it has not, or was scored. */
function presentFault(ended: { reason: ReasonRecord | null; cancelledBy?: Canceller | null }): EndFault | null {
  if (!ended.reason) return ended.cancelledBy ?? null;
  return errorCatalogue[ended.reason.code].fault === 'server' ? 'server' : 'team';
}

/** The details of our own faults are for our log, not for a team. */
export function presentReason(reason: ReasonRecord | null): Reason | null {
  if (!reason) return null;
  const { code, stage, alsoOnSample } = reason;
  const { title, fault, next } = errorCatalogue[code];
  // What happened is for the log; whose fault it was and what it costs is for its team.
  const detail = fault === 'server' ? null : reason.detail || null;
  const ours = fault === 'server' ? 'It was not the bundle’s fault, and costs no submission.' : null;
  const words = [title, ours, detail, compareWithSample(reason)];
  const message = words.filter((sentence) => sentence !== null).join(' ');
  const sentences = detail === null ? [] : [...(reason.sentences ?? [])];
  return { code, fault, stage, alsoOnSample, message, detail, sentences, next };
}

/** Of what fails on hidden studies its team can see for itself only whether the sample has it as well. */
function compareWithSample({ stage, alsoOnSample }: ReasonRecord): string | null {
  if (stage !== 'running' || alsoOnSample === null) return null;
  return writeSentence(makeSentence(alsoOnSample ? 'also_on_sample' : 'not_on_sample', {}));
}

function presentTimes(times: SubmissionRecord['times']): Submission['times'] {
  const entered: Submission['times'] = {};
  for (const state of submissionStates) {
    const at = times[state];
    if (at) entered[state] = at.toISOString();
  }
  return entered;
}
