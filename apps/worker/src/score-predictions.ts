import { HoldoutError, seedOfDigest } from '@holdout/contracts';
import {
  claimScoring,
  type Database,
  failEvaluation,
  LadderMoved,
  type LadderPlace,
  listGoldLabels,
  type Provenance,
  publishComparison,
  publishScore,
  readLadder,
  releaseLease,
  renewLease,
  type ScoringClaim,
  switchTestSets,
} from '@holdout/db';
import { scorePredictions as computeScore, scorerVersion } from '@holdout/scoring';
import { readPredictions, type Storage, takeStudiesOf } from '@holdout/storage';
import { traceStep } from '@holdout/telemetry';
import type { Logger } from 'pino';
import { comparePredictions } from './compare-predictions.js';

import type { WorkerConfig } from './config.js';
import { decideRelease, type Scored } from './decide-release.js';
import { findIntervals } from './find-intervals.js';
import { EvaluationInterrupted, holdLease, unlessAborted } from './hold-lease.js';
import type { WorkMeter } from './metrics/measure-work.js';
import { decideTerms } from './try-again.js';

/** What the scoring worker works with: it may read labels, and runs no team's code. */
export interface ScoringTools {
  database: Database;
  storage: Storage;
  config: WorkerConfig;
  log: Logger;
  meter: WorkMeter;
}

/**
 * Scores the stored predictions of one evaluation against the gold standard and publishes the score; those of a
 * reproduction are compared with the first ones instead.
 * Safe to repeat: what another worker holds, or what has ended, is left alone.
 *
 * @param shutdown - aborted when the process must end; the evaluation is then handed back
 */
export async function scorePredictions(
  tools: ScoringTools,
  evaluationId: string,
  shutdown: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { database, config } = tools;
  const { owner, leaseSeconds, maxAttempts } = config;
  const claim = await claimScoring(database, { evaluationId, owner, leaseSeconds, maxAttempts });
  if (!claim) return;
  const log = tools.log.child({ reqId: claim.requestId, evaluationId, submissionId: claim.submissionId });
  tools.meter.claimed(claim.attempts);
  const startedAt = performance.now();
  // A storage may be silent for longer than a lease: it is renewed, or another worker would begin the same.
  const renew = () => renewLease(database, { ...claim, leaseSeconds });
  const lease = holdLease({ renew, leaseSeconds, shutdown, log });
  try {
    const { comparedDigest } = claim;
    if (comparedDigest !== null) {
      return await unlessAborted(lease.signal, compareWith(comparedDigest, { ...tools, log }, claim));
    }
    const score = () => unlessAborted(lease.signal, scoreClaim({ ...tools, log }, claim));
    await traceStep({ evaluationId, step: 'scoring' }, score);
    tools.meter.ran('scoring', String(claim.provenance?.engine ?? 'none'), (performance.now() - startedAt) / 1000);
  } catch (error) {
    await endEarly(tools, claim, error, log);
    return;
  } finally {
    lease.release();
  }
  // Perhaps this was the last that a new version of a test set waited for. If not now, reconcile does it later.
  await switchTestSets(database).catch((error) => log.warn({ err: error }, 'test sets not switched yet'));
}

async function scoreClaim(tools: ScoringTools, claim: ScoringClaim): Promise<void> {
  const [predictions, gold, ladder] = await Promise.all([
    readPredictions(tools.storage, claim.predictionsDigest),
    listGoldLabels(tools.database, claim.testSetVersionId),
    readLadder(tools.database, claim.evaluationId),
  ]);
  const studies = claim.isRescoring ? takeStudiesOf(gold, predictions) : predictions.studies;
  const score = computeScore(gold, studies);
  const intervals = await findIntervals(gold, studies, { seed: seedOfDigest(claim.testSetDigest) });
  const provenance = describeScoring(claim);
  const publication = { ...claim, score, intervals, scorerVersion, provenance };
  const published = await publishByRule(tools, publication, { gold, studies }, ladder);
  const { value: kappa } = score.overall.kappa;
  tools.log.info({ published, kappa }, published ? 'scored' : 'score not published: lease lost');
  tools.meter.ended(published ? 'scored' : 'interrupted', published ? '' : 'lost');
}

/** Where the phase has a ladder, and another score of the team was released meanwhile, it is held against that one. */
async function publishByRule(
  tools: ScoringTools,
  publication: Omit<Parameters<typeof publishScore>[1], 'release'> & Pick<ScoringClaim, 'testSetDigest'>,
  scored: Scored,
  known: LadderPlace,
): Promise<boolean> {
  for (let ladder = known; ; ladder = await readLadder(tools.database, publication.evaluationId)) {
    const release = await decideRelease(tools, publication, scored, ladder);
    try {
      return await publishScore(tools.database, { ...publication, release });
    } catch (error) {
      if (!(error instanceof LadderMoved)) throw error;
    }
  }
}

/** What is a reproduction is compared with the predictions that it reproduces, and not scored. */
async function compareWith(comparedDigest: string, { database, storage, log }: ScoringTools, claim: ScoringClaim) {
  const [first, again] = await Promise.all([
    readPredictions(storage, comparedDigest),
    readPredictions(storage, claim.predictionsDigest),
  ]);
  const comparison = comparePredictions(first, again);
  const published = await publishComparison(database, { ...claim, comparison });
  log.info({ published, ...comparison }, published ? 'compared' : 'comparison not published: lease lost');
}

/** What the score rests on. How the predictions were made is what the evaluating worker said of it. */
function describeScoring({ bundleDigest, testSetDigest, predictionsDigest, provenance }: ScoringClaim): Provenance {
  const { engine, engineVersion, engineDigest, device, threads } = provenance ?? {};
  const run = { engine, engineVersion, engineDigest, device, threads };
  return { bundleDigest, testSetDigest, predictionsDigest, ...run, scorerVersion, node: process.version };
}

/** Predictions that do not fit the test set are the runner's mistake, not the team's; trying again changes nothing. */
async function endEarly(tools: ScoringTools, claim: ScoringClaim, error: unknown, log: Logger): Promise<void> {
  if (error instanceof EvaluationInterrupted) {
    tools.meter.ended('interrupted', error.why);
    log.info({ why: error.why }, 'scoring interrupted');
    if (error.why === 'shutdown') await releaseLease(tools.database, { ...claim, costsAttempt: false });
    return;
  }
  log.error({ err: error }, 'the predictions could not be scored');
  if (error instanceof HoldoutError && error.code.startsWith('predictions_')) {
    tools.meter.ended('failed', error.code);
    await failEvaluation(tools.database, { ...claim, code: 'scoring_failed' });
    return;
  }
  const code = error instanceof HoldoutError ? error.code : 'unknown';
  tools.meter.ended('tried_again', code);
  const terms = await decideTerms(tools, { code, attempts: claim.attempts });
  await releaseLease(tools.database, { ...claim, ...terms });
}
