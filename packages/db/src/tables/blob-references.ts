import type pg from 'pg';

/** The columns that name blobs; `blob-references.test.ts` finds any that is missing here. */
export const blobColumns = [
  ['images', 'digest'],
  ['submissions', 'bundle_digest'],
  ['evaluations', 'predictions_digest'],
  ['starter_bundles', 'digest'],
] as const;

/** Every blob that a row names, each once, in the order of their names. */
export async function listBlobReferences(client: Pick<pg.Client, 'query'>): Promise<string[]> {
  const columns = blobColumns.map(([table, column]) => `SELECT ${column} AS digest FROM ${table}`);
  const { rows } = await client.query<{ digest: string }>(
    `SELECT digest FROM (${columns.join(' UNION ')}) named WHERE digest IS NOT NULL ORDER BY digest`,
  );
  return rows.map(({ digest }) => digest);
}
