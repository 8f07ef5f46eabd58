import type { BlobUse } from '@holdout/contracts';
import { sql } from 'kysely';
import type pg from 'pg';
import type { Queryable } from '../open-database.js';

/**
 * Every column that names a blob of the storage. One that is not here has its blobs removed; a test compares with the
 * columns of the database whose names speak of digests.
 */
export const blobReferences: readonly { use: BlobUse; table: string; column: string }[] = [
  { use: 'bundle', table: 'submissions', column: 'bundle_digest' },
  { use: 'image', table: 'images', column: 'digest' },
  { use: 'predictions', table: 'evaluations', column: 'predictions_digest' },
  { use: 'starter_bundle', table: 'starter_bundles', column: 'digest' },
];

/** What uses these blobs. One that nothing uses is not in the map. */
export async function findBlobUses(db: Queryable, digests: readonly string[]): Promise<Map<string, BlobUse[]>> {
  const queries = blobReferences.map(
    ({ use, table, column }) => sql`
      SELECT DISTINCT ${sql.ref(column)} AS digest, ${use}::text AS use FROM ${sql.table(table)}
      WHERE ${sql.ref(column)} COLLATE "C" = ANY(${digests}::text[])`,
  );
  const { rows } = await sql<{ digest: string; use: BlobUse }>`${sql.join(queries, sql` UNION ALL `)}`.execute(db);
  const uses = new Map<string, BlobUse[]>();
  for (const { digest, use } of rows) uses.set(digest, [...(uses.get(digest) ?? []), use]);
  return uses;
}

/** The digests of blobs that are used, those after `after`, in their order. */
export async function listUsedBlobs(
  db: Queryable,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const queries = blobReferences.map(
    ({ table, column }) => sql`
      (SELECT DISTINCT ${sql.ref(column)} COLLATE "C" AS digest FROM ${sql.table(table)}
      WHERE ${sql.ref(column)} COLLATE "C" > ${after} ORDER BY 1 LIMIT ${limit})`,
  );
  const { rows } = await sql<{ digest: string }>`
    ${sql.join(queries, sql` UNION `)} ORDER BY 1 LIMIT ${limit}`.execute(db);
  return rows.map(({ digest }) => digest);
}

/** Every blob that is used as a transaction of `client` sees it, each once, in the order of their names. */
export async function listBlobReferences(client: Pick<pg.Client, 'query'>): Promise<string[]> {
  // A backup of an earlier release has not every table; what is read is what is there.
  const { rows: there } = await client.query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  const columns = blobReferences
    .filter(({ table, column }) => there.some((each) => each.table === table && each.column === column))
    .map(({ table, column }) => `SELECT ${column} COLLATE "C" AS digest FROM ${table}`);
  const { rows } = await client.query<{ digest: string }>(
    `SELECT digest FROM (${columns.join(' UNION ')}) named WHERE digest IS NOT NULL ORDER BY digest`,
  );
  return rows.map(({ digest }) => digest);
}
