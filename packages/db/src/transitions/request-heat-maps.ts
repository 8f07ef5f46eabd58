import { type HeatMapMethod, HoldoutError, makeSentence } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { lockTeamOf } from '../tables/quotas.js';

/** So many may wait at one time of a team's submissions, asked for by the team; and as many by organisers. */
export const mostOpenHeatMaps = 64;

interface HeatMapRequest {
  submissionId: string;
  /** Digests of the bundle and of images. */
  bundle: string;
  images: readonly string[];
  method: HeatMapMethod;
  askedBy: 'team' | 'organiser';
}

/**
 * Asks for heat maps. What is asked for already, or made, stays as it is; what was refused is tried once more, in its turn.
 *
 * @throws HoldoutError `heat_maps_open` where more than `mostOpenHeatMaps` would wait; then nothing was asked for
 */
export async function requestHeatMaps(db: Queryable, request: HeatMapRequest): Promise<void> {
  const { images, ...asked } = request;
  if (images.length === 0) return;
  await db.transaction().execute(async (trx) => {
    const teamId = await lockTeamOf(trx, request.submissionId);
    // In one order, so that two that ask for the same don't wait for each other.
    const values = [...new Set(images)].sort().map((image) => ({ ...asked, image }));
    const added = await trx
      .insertInto('heatMaps')
      .values(values)
      .onConflict((conflict) =>
        conflict
          .columns(['bundle', 'image', 'method'])
          .doUpdateSet({
            ...{ state: 'requested', submissionId: request.submissionId, askedBy: request.askedBy },
            // Behind those who have waited longer.
            ...{ requestedAt: sql`now()`, attempts: 0, endedAt: null, reasonCode: null, reasonDetail: null },
          })
          .where('heatMaps.state', '=', 'refused'),
      )
      .returning('id')
      .execute();
    if (added.length === 0 || (await countOpen(trx, teamId, request.askedBy)) <= mostOpenHeatMaps) return;
    const sentences = [makeSentence('heat_maps_limit', { limit: mostOpenHeatMaps })];
    throw new HoldoutError('heat_maps_open', { sentences, retryAfterSeconds: 10 });
  });
}

async function countOpen(trx: Queryable, teamId: string, askedBy: string): Promise<number> {
  const { open } = await trx
    .selectFrom('heatMaps')
    .innerJoin('submissions', 'submissions.id', 'heatMaps.submissionId')
    .select(sql<number>`count(*)::integer`.as('open'))
    .where('submissions.teamId', '=', teamId)
    .where('heatMaps.state', '=', 'requested')
    .where('heatMaps.askedBy', '=', sql<'team'>`${askedBy}`)
    .executeTakeFirstOrThrow();
  return open;
}
