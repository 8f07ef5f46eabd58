import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { insertEvents } from '../tables/evaluation-events.js';
import { notifyChange } from './notify-change.js';

/** What has to be done again on a later version of a test set, and how much of it there is. */
export interface Reevaluations {
  /** Scored anew from the predictions that are there: ring the scoring workers. */
  rescored: string[];
  /** Run anew, since an image is new or another: ring the evaluating workers. */
  rerun: string[];
}

interface Reevaluate {
  phaseId: string;
  /** The version that they are scored on now. */
  fromVersionId: string;
  toVersionId: string;
  /** One only; all of the phase where it is left out. */
  submissionId?: string;
}

/**
 * Gives the submissions of a phase that are scored on one version an evaluation on another. Where every study of the
 * later version is in the earlier one with the same images, the predictions are still true: all of them are scored
 * anew. Otherwise the entries, and only they, are run anew. Repeating it changes nothing.
 */
export async function reevaluate(trx: Queryable, change: Reevaluate): Promise<Reevaluations> {
  const { phaseId, fromVersionId, toVersionId, submissionId = null } = change;
  const keepsPredictions = await hasOnlyImagesOf(trx, toVersionId, fromVersionId);
  const { rows } = await sql<{ id: string; state: 'scoring' | 'queued' }>`
    INSERT INTO evaluations (submission_id, test_set_version_id, state, predictions_digest, provenance, rescored_from,
      scoring_at)
    SELECT scored.submission_id, ${toVersionId}::uuid,
      CASE WHEN keeps THEN 'scoring' ELSE 'queued' END,
      CASE WHEN keeps THEN scored.predictions_digest END,
      CASE WHEN keeps THEN scored.provenance END,
      CASE WHEN keeps THEN scored.id END,
      CASE WHEN keeps THEN now() END
    FROM submissions JOIN evaluations scored ON scored.submission_id = submissions.id
    -- What has no bundle can't be run anew.
    CROSS JOIN LATERAL (SELECT ${keepsPredictions} OR submissions.bundle_digest IS NULL AS keeps) how
    WHERE submissions.phase_id = ${phaseId} AND scored.test_set_version_id = ${fromVersionId} AND scored.state = 'scored'
      AND scored.reproduces IS NULL AND scored.superseded_at IS NULL
      AND (${submissionId}::uuid IS NULL OR submissions.id = ${submissionId}::uuid)
      AND (keeps OR EXISTS (SELECT FROM entries WHERE entries.evaluation_id = scored.id))
    ON CONFLICT (submission_id, test_set_version_id) WHERE reproduces IS NULL AND replaces IS NULL DO NOTHING
    RETURNING id, state`.execute(trx);
  for (const { id, state } of rows) {
    await insertEvents(trx, id, [{ kind: 'state', data: { state, reason: null } }]);
    await notifyChange(trx, id);
  }
  const inState = (wanted: string) => rows.filter(({ state }) => state === wanted).map(({ id }) => id);
  return { rescored: inState('scoring'), rerun: inState('queued') };
}

/** Whether every study of a version is in another one with the same images in the same order. */
async function hasOnlyImagesOf(trx: Queryable, versionId: string, otherId: string): Promise<boolean> {
  const { rows } = await sql<{ same: boolean }>`
    WITH pictures AS (
      SELECT studies.test_set_version_id, studies.study, array_agg(images.digest ORDER BY images.position) AS digests
      FROM studies JOIN images ON images.study_id = studies.id
      WHERE studies.test_set_version_id IN (${versionId}, ${otherId})
      GROUP BY studies.id
    )
    SELECT NOT EXISTS (
      SELECT FROM pictures wanted WHERE wanted.test_set_version_id = ${versionId} AND NOT EXISTS (
        SELECT FROM pictures had
        WHERE had.test_set_version_id = ${otherId} AND had.study = wanted.study AND had.digests = wanted.digests)
    ) AS same`.execute(trx);
  return rows[0]?.same ?? false;
}
