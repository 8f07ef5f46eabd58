import { type Collection, type collectionRequestSchema, HoldoutError } from '@holdout/contracts';
import { type Database, findBlobUses, withLock } from '@holdout/db';
import type { Storage } from '@holdout/storage';
import type { FastifyBaseLogger } from 'fastify';
import type { z } from 'zod';

interface CollectTools {
  readonly database: Database;
  readonly storage: Storage;
}

const pageFiles = 200;

/**
 * Removes the blobs of one page that nothing uses.
 *
 * Whoever needs a blob puts it, and writes within hours what it is for. So one that is older than that is used by what the
 * database says now, or by nothing; and where the same content is put at this moment, it is young, and `remove` lets it be.
 *
 * @throws HoldoutError `server_busy` where another one collects
 */
export async function collectBlobs(
  { database, storage }: CollectTools,
  { after, olderThanHours, dryRun }: z.infer<typeof collectionRequestSchema>,
  log: FastifyBaseLogger,
): Promise<Collection> {
  const unlessPutSince = new Date(Date.now() - olderThanHours * 3600_000);
  const looked = { files: 0, sizeBytes: 0 };
  const unused = { files: 0, sizeBytes: 0 };
  const collected = await withLock(database, 'holdout-collection', async (held) => {
    const page = await readPage(storage, after);
    // After the listing: what was put before it, and is old, has been written to the database long since.
    const uses = await findBlobUses(
      held,
      page.map(({ digest }) => digest),
    );
    for (const { digest, sizeBytes, putAt } of page) {
      looked.files += 1;
      looked.sizeBytes += sizeBytes;
      if (uses.has(digest) || putAt >= unlessPutSince) continue;
      if (!dryRun) {
        // Fails where the lock was lost with its connection: then another one may remove.
        if ((await findBlobUses(held, [digest])).has(digest)) continue;
        if (!(await storage.remove(digest, { unlessPutSince }))) continue;
      }
      if (!dryRun) log.info({ digest, sizeBytes, putAt }, 'removed a blob that nothing uses');
      unused.files += 1;
      unused.sizeBytes += sizeBytes;
    }
    return { looked, unused, next: page.length < pageFiles ? null : (page.at(-1)?.digest ?? null) };
  });
  if (!collected) throw new HoldoutError('server_busy', { retryAfterSeconds: 30 });
  return collected;
}

async function readPage(storage: Storage, after: string | undefined) {
  const page = [];
  for await (const blob of storage.list(after === undefined ? {} : { after })) {
    page.push(blob);
    if (page.length === pageFiles) break;
  }
  return page;
}
