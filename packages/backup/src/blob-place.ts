import { join } from 'node:path';

/** Where a blob lies, beside all backups of a folder: the next backup finds it there, and copies only what is new. */
export function blobPlace(directory: string, digest: string): { folder: string; path: string } {
  const folder = join(directory, 'blobs', digest.slice(0, 2));
  return { folder, path: join(folder, digest.slice(2)) };
}
