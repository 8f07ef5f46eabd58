import type { SubmissionCurves } from '@holdout/contracts';
import { type Database, listGoldLabels, type PhaseRecord, type SubmissionRecord } from '@holdout/db';
import { probabilityCurves } from '@holdout/scoring';
import { readPredictions, type Storage, takeStudiesOf } from '@holdout/storage';
import { policyOf } from '../present-score.js';

interface CurveTools {
  readonly database: Database;
  readonly storage: Storage;
}

/**
 * The curves of a scored submission, computed when they are asked for. Each step of a curve is the label of a study, so
 * that they are shown only where exact counts are, to organisers as well.
 */
export async function readCurves(
  { database, storage }: CurveTools,
  submission: SubmissionRecord,
  phase: PhaseRecord,
): Promise<SubmissionCurves> {
  if (!policyOf(phase).counts) {
    return absent('hidden', 'This phase hides them: each step of a curve would tell the label of a study.');
  }
  if (!submission.score || !submission.basis) return absent('not_scored', 'It has no score.');
  if (!submission.released || phase.release.state === 'hidden') {
    return absent('hidden', 'Its score is withheld, and its curves with it.');
  }
  const [predictions, gold] = await Promise.all([
    readPredictions(storage, submission.basis.predictionsDigest),
    listGoldLabels(database, submission.testSetVersionId),
  ]);
  const found = probabilityCurves(gold, takeStudiesOf(gold, predictions));
  return found.curves ? { curves: found.curves, absent: null, message: null } : absent('undefined', found.reason);
}

function absent(why: NonNullable<SubmissionCurves['absent']>, message: string): SubmissionCurves {
  return { curves: null, absent: why, message };
}
