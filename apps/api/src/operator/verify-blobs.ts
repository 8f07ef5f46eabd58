import { HoldoutError, type Verification } from '@holdout/contracts';
import { type Database, findBlobUses, listUsedBlobs } from '@holdout/db';
import type { Storage } from '@holdout/storage';

interface VerifyTools {
  readonly database: Database;
  readonly storage: Storage;
}

const pageFiles = 1000;
/** A page ends with the file that is under way when this time is over. */
const pageMilliseconds = 10_000;

/** Reads the blobs of one page, those that are stored and those that should be, and says which are not what they were. */
export async function verifyBlobs(
  { database, storage }: VerifyTools,
  { after = '' }: { after?: string | undefined },
): Promise<Verification> {
  const endsAt = performance.now() + pageMilliseconds;
  const verified = { files: 0, sizeBytes: 0 };
  const problems: Verification['problems'] = [];
  const { digests, isLast } = await readPage(database, storage, after);
  const uses = await findBlobUses(database, digests);
  for (const [place, digest] of digests.entries()) {
    const problem = await findProblem(storage, digest, verified);
    const usedBy = uses.get(digest) ?? [];
    // What nothing uses may have been removed since it was listed.
    if (problem === 'damaged' || (problem === 'missing' && usedBy.length > 0))
      problems.push({ digest, problem, usedBy });
    if (performance.now() > endsAt && place + 1 < digests.length) return { verified, problems, next: digest };
  }
  return { verified, problems, next: isLast ? null : (digests.at(-1) ?? null) };
}

/** Of both lists only as much as both are known: further ones may come between. */
async function readPage(database: Database, storage: Storage, after: string) {
  const used = await listUsedBlobs(database, { after, limit: pageFiles });
  const stored: string[] = [];
  for await (const { digest } of storage.list(after === '' ? {} : { after })) {
    stored.push(digest);
    if (stored.length === pageFiles) break;
  }
  const ends = [used, stored].flatMap((list) => (list.length === pageFiles ? [list.at(-1) ?? ''] : []));
  const end = ends.sort()[0];
  const digests = [...new Set([...used, ...stored])].sort().filter((digest) => end === undefined || digest <= end);
  return { digests, isLast: end === undefined };
}

async function findProblem(
  storage: Storage,
  digest: string,
  verified: Verification['verified'],
): Promise<'missing' | 'damaged' | null> {
  try {
    let sizeBytes = 0;
    for await (const chunk of await storage.open(digest)) sizeBytes += chunk.length;
    verified.files += 1;
    verified.sizeBytes += sizeBytes;
    return null;
  } catch (error) {
    if (!(error instanceof HoldoutError) || error.code !== 'storage_damaged') throw error;
    return (await storage.has(digest)) ? 'damaged' : 'missing';
  }
}
