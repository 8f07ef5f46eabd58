import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** What a backup holds, in its `manifest.json`, which is written last. */
const manifestSchema = z.object({
  format: z.literal('holdout-backup-1'),
  createdAt: z.iso.datetime(),
  /** The migrations that its tables were made by, in order. */
  migrations: z.array(z.object({ version: z.int(), name: z.string(), checksum: sha256Schema })).min(1),
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.string()),
      rows: z.int().min(0),
      /** Of the rows as Postgres writes them, before they are compressed. */
      sha256: sha256Schema,
    }),
  ),
  /** The last value that each sequence gave; null where it has given none. */
  sequences: z.array(z.object({ name: z.string(), lastValue: z.string().nullable() })),
  /** The blobs that its rows name; they lie in `blobs/`, beside all backups of the folder. */
  blobs: z.array(sha256Schema),
});

export type Manifest = z.infer<typeof manifestSchema>;

export const manifestName = 'manifest.json';

/**
 * Reads what a backup holds.
 *
 * @throws Error with a sentence where the folder is no whole backup
 */
export async function readManifest(backup: string): Promise<Manifest> {
  const path = join(backup, manifestName);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(
      `${backup} is no backup: ${manifestName} can’t be read in it. Name the folder with a date that holds one.`,
      {
        cause,
      },
    );
  });
  const parsed = manifestSchema.safeParse(toJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${path} is damaged, or of another release: ${issue?.path.join('.')}: ${issue?.message}.`);
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
