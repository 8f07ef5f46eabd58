import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** What an installation signs by; its private half must never leave the server. */
export interface InstallationKeyRecord {
  publicKey: string;
  keyId: string;
  privateKey: string;
}

/**
 * The installation's key. Where it has none yet it is given the one that `make` makes: of several servers that ask at the
 * same moment one is the first, and all get its key.
 */
export async function readInstallationKey(
  db: Queryable,
  make: () => InstallationKeyRecord,
): Promise<InstallationKeyRecord> {
  const known = await findLatest(db);
  if (known) return known;
  await db
    .insertInto('installationKeys')
    .values({ number: 1, ...make() })
    .onConflict((conflict) => conflict.column('number').doNothing())
    .execute();
  const first = await findLatest(db);
  if (!first) throw new Error('The key of the installation is gone.');
  return first;
}

/** Gives the installation another key, which signs from now on. The earlier ones stay. */
export async function addInstallationKey(db: Queryable, key: InstallationKeyRecord): Promise<void> {
  const next = sql<number>`(SELECT coalesce(max(number), 0) + 1 FROM installation_keys)`;
  await db
    .insertInto('installationKeys')
    .values({ number: next, ...key })
    .execute();
}

async function findLatest(db: Queryable): Promise<InstallationKeyRecord | null> {
  const row = await db
    .selectFrom('installationKeys')
    .select(['publicKey', 'keyId', 'privateKey'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
