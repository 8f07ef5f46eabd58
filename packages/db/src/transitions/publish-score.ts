import type { Score, ScoreIntervals } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Provenance, ReleaseFacts } from '../schema.js';
import { findBestReleased } from '../tables/ladder.js';
import { lockTeamOf } from '../tables/quotas.js';
import { changeState } from './change-state.js';
import { countEntry } from './count-entry.js';
import { reevaluate } from './reevaluate.js';

interface Publication {
  evaluationId: string;
  leaseToken: number;
  score: Score;
  /** null where they were not worked out. */
  intervals?: ScoreIntervals | null;
  scorerVersion: string;
  provenance: Provenance;
  /** What the ladder decided; released where it is left out. */
  release?: { isReleased: boolean /** null where it was decided before. */; facts: ReleaseFacts | null } | undefined;
}

/** Another score of the team was released meanwhile: hold this one against that. */
export class LadderMoved extends Error {}

/**
 * scoring → scored: the score, what is the team's entry now, and the state, in one transaction. Where its phase has
 * changed, or is changing, to another version of the test set, the submission follows; reconcile rings for that.
 *
 * @returns false where the lease is lost or the evaluation has ended; nothing was written
 * @throws LadderMoved where the score was held against one that is no longer the team's best; nothing was written
 */
export async function publishScore(db: Queryable, publication: Publication): Promise<boolean> {
  const { evaluationId, leaseToken, score, intervals = null, scorerVersion, provenance, release } = publication;
  return db.transaction().execute(async (trx) => {
    const leased = await lockHeld(trx, evaluationId, leaseToken);
    if (!leased) return false;
    const held = { ...leased, teamId: await lockTeamOf(trx, leased.submissionId) };
    if (release?.facts) await demandSameBest(trx, held, release.facts);
    await trx
      .insertInto('scores')
      .values({
        evaluationId,
        score: JSON.stringify(score),
        intervals: intervals && JSON.stringify(intervals),
        scorerVersion,
        provenance: JSON.stringify(provenance),
        ...(release
          ? { released: release.isReleased, releaseFacts: release.facts && JSON.stringify(release.facts) }
          : {}),
      })
      .execute();
    if (!(await changeState(trx, 'scored', { evaluationId, leaseToken }))) {
      throw new Error(`Evaluation ${evaluationId} changed its state while its row was locked.`);
    }
    if (held.replaces !== null) await supersede(trx, held.replaces);
    const { phaseId, testSetVersionId, teamId } = held;
    await countEntry(trx, { phaseId, testSetVersionId, teamId });
    await followVersions(trx, held);
    return true;
  });
}

type Held = NonNullable<Awaited<ReturnType<typeof lockHeld>>> & { teamId: string };

async function demandSameBest(trx: Queryable, held: Held, { comparedWith }: ReleaseFacts): Promise<void> {
  const best = await findBestReleased(trx, held);
  if ((best?.evaluationId ?? null) !== comparedWith) throw new LadderMoved('The team’s best score is another now.');
}

/** From now on the new evaluation stands in the old one's place. */
async function supersede(trx: Queryable, evaluationId: string): Promise<void> {
  await trx
    .updateTable('evaluations')
    .set({ supersededAt: sql<Date>`now()` })
    .where('id', '=', evaluationId)
    .where('supersededAt', 'is', null)
    .execute();
}

/** The phase is locked, so that a change of its test set sees this score, or this sees the change. */
async function followVersions(trx: Queryable, held: Held): Promise<void> {
  const { phaseId, submissionId, testSetVersionId: fromVersionId } = held;
  const phase = await trx
    .selectFrom('phases')
    .select(['testSetVersionId', 'nextTestSetVersionId'])
    .where('id', '=', phaseId)
    .forShare()
    .executeTakeFirstOrThrow();
  const toVersionId = phase.nextTestSetVersionId ?? phase.testSetVersionId;
  if (toVersionId !== fromVersionId) await reevaluate(trx, { phaseId, fromVersionId, toVersionId, submissionId });
}

/** Locks the evaluation's row while this claim holds it, so that a second publication waits and then finds it ended. */
function lockHeld(trx: Queryable, evaluationId: string, leaseToken: number) {
  return trx
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .select(['submissions.phaseId', 'evaluations.submissionId', 'evaluations.testSetVersionId'])
    .select('evaluations.replaces')
    .where('evaluations.id', '=', evaluationId)
    .where('evaluations.reproduces', 'is', null)
    .where('evaluations.state', '=', 'scoring')
    .where('evaluations.leaseToken', '=', leaseToken)
    .where('evaluations.leaseOwner', 'is not', null)
    .forUpdate('evaluations')
    .executeTakeFirst();
}
