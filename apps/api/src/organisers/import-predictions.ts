import { Readable } from 'node:stream';
import { HoldoutError, type ImportedPredictions, type PredictionsFile } from '@holdout/contracts';
import {
  findSubmission,
  findTeam,
  insertPredictions,
  insertTeam,
  listGoldLabels,
  type PhaseRecord,
  type SubmissionRecord,
} from '@holdout/db';
import { scorePredictions } from '@holdout/scoring';
import type { FastifyBaseLogger } from 'fastify';
import type { RouteParts } from '../app.js';

interface ImportPredictions {
  readonly phase: PhaseRecord;
  readonly imported: ImportedPredictions;
  readonly actor: string;
}

/**
 * Enters predictions that were made elsewhere, under the name of a team, which is made where it is new. They are scored
 * as those of a bundle are.
 *
 * @throws HoldoutError `predictions_…` with every study that is missing, twice or unknown
 */
export async function importPredictions(
  { database, storage, queue }: RouteParts,
  { phase, imported, actor }: ImportPredictions,
  log: FastifyBaseLogger,
): Promise<SubmissionRecord> {
  const { team, name, description = null, link = null, submittedAt, predictions } = imported;
  // Only to be sure that the scoring worker can: what it finds then would be our fault.
  scorePredictions(await listGoldLabels(database, phase.testSetVersionId), predictions);
  const file: PredictionsFile = {
    format: 'holdout-predictions-1',
    studies: predictions.map((prediction) => ({ ...prediction, imageProbabilities: [] })),
  };
  const { digest } = await storage.put(Readable.from([Buffer.from(JSON.stringify(file))]));
  const teamId = (await findTeam(database, team))?.id ?? (await insertTeam(database, team));
  const { submissionId, evaluationId } = await insertPredictions(database, {
    phaseId: phase.id,
    teamId,
    name,
    description,
    link,
    submittedAt: submittedAt === undefined ? undefined : readPastMoment(submittedAt),
    predictionsDigest: digest,
    testSetVersionId: phase.testSetVersionId,
    actor,
  });
  log.info({ submissionId, evaluationId, team, phase: phase.slug }, 'predictions imported');
  await queue.enqueueScoring({ evaluationId }).catch((error: unknown) => log.warn({ err: error }, 'not rung yet'));
  const submission = await findSubmission(database, submissionId);
  if (!submission) throw new HoldoutError('internal', { detail: `Submission ${submissionId} is gone.` });
  return submission;
}

function readPastMoment(text: string): Date {
  const at = new Date(text);
  if (at.getTime() <= Date.now()) return at;
  throw new HoldoutError('request_invalid', { detail: `body.submittedAt: found ${text}; expected a past moment.` });
}
