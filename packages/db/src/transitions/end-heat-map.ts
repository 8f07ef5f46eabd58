import type { ErrorCode, HeatMap } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { HeldHeatMap } from './claim-heat-maps.js';
import type { LeaseState } from './hold-lease.js';
import { storableText } from './storable-text.js';

type Held = Pick<HeldHeatMap, 'id' | 'leaseToken'>;

/** Prolongs the leases of a claim, counted from now; `lost` where any of them is held no more. */
export async function renewHeatMaps(
  db: Queryable,
  { maps, leaseSeconds }: { maps: readonly Held[]; leaseSeconds: number },
): Promise<LeaseState> {
  const held = await db
    .updateTable('heatMaps')
    .set({ leaseExpiresAt: sql<Date>`now() + make_interval(secs => ${leaseSeconds})` })
    .where('leaseOwner', 'is not', null)
    .where(isOneOf(maps))
    .returning('id')
    .execute();
  return held.length === maps.length ? 'held' : 'lost';
}

/** @returns false where the lease was lost: nothing was written */
export async function finishHeatMap(db: Queryable, { map, ...held }: Held & { map: HeatMap }): Promise<boolean> {
  const result = await db
    .updateTable('heatMaps')
    .set({ state: 'made', map: JSON.stringify(map), endedAt: sql<Date>`now()`, leaseOwner: null, leaseExpiresAt: null })
    .where('leaseOwner', 'is not', null)
    .where(isOneOf([held]))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** @returns false where the lease was lost: nothing was written */
export async function refuseHeatMaps(
  db: Queryable,
  { maps, code, detail }: { maps: readonly Held[]; code: ErrorCode; detail: string },
): Promise<boolean> {
  const reason = { reasonCode: code, reasonDetail: storableText(detail) };
  const result = await db
    .updateTable('heatMaps')
    .set({ state: 'refused', ...reason, endedAt: sql<Date>`now()`, leaseOwner: null, leaseExpiresAt: null })
    .where('leaseOwner', 'is not', null)
    .where(isOneOf(maps))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Hands heat maps back, for another worker to claim.
 *
 * @param held.costsAttempt - false on shutdown
 * @param held.waitSeconds - until then nobody claims them, so that what is out of reach keeps no others from being made
 */
export async function releaseHeatMaps(
  db: Queryable,
  { maps, costsAttempt, waitSeconds = 0 }: { maps: readonly Held[]; costsAttempt: boolean; waitSeconds?: number },
): Promise<void> {
  const refund = costsAttempt ? 0 : 1;
  const leaseExpiresAt = waitSeconds > 0 ? sql<Date>`now() + make_interval(secs => ${waitSeconds})` : null;
  await db
    .updateTable('heatMaps')
    .set((columns) => ({ leaseOwner: null, leaseExpiresAt, attempts: columns('attempts', '-', refund) }))
    .where('leaseOwner', 'is not', null)
    .where(isOneOf(maps))
    .execute();
}

/** Whoever took one over since has raised its token. */
function isOneOf(maps: readonly Held[]) {
  const ids = maps.map(({ id }) => id);
  const tokens = maps.map(({ leaseToken }) => leaseToken);
  return sql<boolean>`(id, lease_token) IN (SELECT * FROM unnest(${ids}::uuid[], ${tokens}::bigint[]))`;
}
