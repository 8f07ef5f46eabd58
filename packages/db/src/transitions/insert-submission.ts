import type { ResolvedManifest } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import { demandPresentAcceptance } from '../tables/accepted-rules.js';
import { insertEvents } from '../tables/evaluation-events.js';
import { demandOpen } from '../tables/phase-window.js';
import { demandQuota } from '../tables/quotas.js';
import { refuseMerged } from '../tables/teams.js';
import { endUploadWithSubmission, findSubmissionOfUpload, lockTeamOfUpload } from '../tables/uploads.js';
import { notifyChange } from './notify-change.js';

interface NewSubmission {
  phaseId: string;
  teamId: string;
  manifest: ResolvedManifest;
  bundleDigest: string;
  bundleSizeBytes: number;
  /** Stops it before the hidden run where the check warns. */
  stopOnWarning?: boolean;
  /** The upload in parts that brought the bundle: it makes one submission, however often this is repeated. */
  uploadId?: string | undefined;
  /** By which the logs of all who work on it name the request that submitted it. */
  requestId?: string | null | undefined;
}

/**
 * Enters a bundle in a phase: the submission and its one evaluation, `queued`, against the test set of now.
 * Ring the bell for the evaluation after this returns.
 *
 * @throws HoldoutError `team_not_found` where the team was merged into another meanwhile; `quota_exceeded`, also where
 *   uploads of one team end at the same moment; `phase_closed`, also where the phase closed, or became final, while the
 *   upload was under way; `rules_changed`, likewise; `upload_not_found` where it was removed meanwhile
 */
export async function insertSubmission(
  db: Queryable,
  newSubmission: NewSubmission,
): Promise<{ submissionId: string; evaluationId: string }> {
  const { phaseId, manifest, bundleDigest, bundleSizeBytes, stopOnWarning = false, uploadId } = newSubmission;
  const requestId = newSubmission.requestId ?? null;
  return db.transaction().execute(async (trx) => {
    const teamId = await lockTeamOfUpload(trx, uploadId, newSubmission.teamId);
    const earlier = uploadId === undefined ? null : await findSubmissionOfUpload(trx, uploadId);
    if (earlier) return earlier;
    await refuseMerged(trx, teamId);
    await demandOpen(trx, phaseId);
    await demandPresentAcceptance(trx, { phaseId, teamId });
    await demandQuota(trx, { phaseId, teamId });
    const submission = await trx
      .insertInto('submissions')
      .values({
        phaseId,
        teamId,
        name: manifest.name,
        description: manifest.description ?? null,
        link: manifest.link ?? null,
        engine: manifest.engine,
        manifest: JSON.stringify(manifest),
        bundleDigest,
        bundleSizeBytes,
        stopOnWarning,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const evaluation = await trx
      .insertInto('evaluations')
      .columns(['submissionId', 'testSetVersionId', 'requestId'])
      .expression((query) =>
        query
          .selectFrom('phases')
          .select((columns) => [
            columns.val(submission.id).$castTo<string>().as('submissionId'),
            'testSetVersionId',
            columns.val(requestId).as('requestId'),
          ])
          .where('id', '=', phaseId),
      )
      .returning('id')
      .executeTakeFirstOrThrow();
    if (uploadId !== undefined) await endUploadWithSubmission(trx, { uploadId, submissionId: submission.id });
    await insertEvents(trx, evaluation.id, [{ kind: 'state', data: { state: 'queued', reason: null } }]);
    await notifyChange(trx, evaluation.id);
    return { submissionId: submission.id, evaluationId: evaluation.id };
  });
}
