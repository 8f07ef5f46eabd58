import { type Engine, engines } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Database, Queryable } from '../open-database.js';
import type { StarterFile } from '../schema.js';
import { insertAudit } from './audit-log.js';

export interface StarterBundleRecord {
  engine: Engine;
  name: string;
  /** The archive's name in storage: a zip. */
  digest: string;
  files: readonly StarterFile[];
}

interface ChangeStarterBundle {
  competitionId: string;
  actor: string;
}

/** The sample bundles of a competition, in the order of the engines. */
export function listStarterBundles(db: Queryable, competitionId: string): Promise<StarterBundleRecord[]> {
  return db
    .selectFrom('starterBundles')
    .select(['engine', 'name', 'digest', 'files'])
    .where('competitionId', '=', competitionId)
    .orderBy(sql`array_position(${[...engines]}::text[], engine)`)
    .execute();
}

/** Makes a bundle the competition's sample of its engine, in place of one that is there. Into the audit log, if new. */
export async function setStarterBundle(
  database: Database,
  { competitionId, actor, ...bundle }: ChangeStarterBundle & StarterBundleRecord,
): Promise<void> {
  await database.transaction().execute(async (trx) => {
    const before = await lockStarterBundle(trx, competitionId, bundle.engine);
    if (before?.digest === bundle.digest) return;
    const { engine, name, digest } = bundle;
    const values = { name, digest, files: JSON.stringify(bundle.files) };
    await trx
      .insertInto('starterBundles')
      .values({ competitionId, engine, ...values })
      .onConflict((conflict) =>
        conflict.columns(['competitionId', 'engine']).doUpdateSet({ ...values, setAt: sql<Date>`now()` }),
      )
      .execute();
    const audit = { actor, competitionId, subject: engine, before, after: { name, digest } };
    await insertAudit(trx, { ...audit, action: 'starter-bundle.set' });
  });
}

/** @returns whether there was one */
export async function deleteStarterBundle(
  database: Database,
  { competitionId, actor, engine }: ChangeStarterBundle & { engine: string },
): Promise<boolean> {
  return await database.transaction().execute(async (trx) => {
    const before = await lockStarterBundle(trx, competitionId, engine);
    if (!before) return false;
    await trx
      .deleteFrom('starterBundles')
      .where('competitionId', '=', competitionId)
      .where('engine', '=', before.engine)
      .execute();
    const audit = { actor, competitionId, subject: engine, before, after: null };
    await insertAudit(trx, { ...audit, action: 'starter-bundle.remove' });
    return true;
  });
}

/** The competition's row is what two organisers at once wait for. */
async function lockStarterBundle(trx: Queryable, competitionId: string, engine: string) {
  await trx.selectFrom('competitions').select('id').where('id', '=', competitionId).forUpdate().execute();
  const known = await trx
    .selectFrom('starterBundles')
    .select(['engine', 'name', 'digest'])
    .where('competitionId', '=', competitionId)
    .where(sql<string>`engine`, '=', engine)
    .executeTakeFirst();
  return known ?? null;
}
