import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RouteParts } from '../app.js';
import { makeScratchFolder } from '../scratch-folders.js';

/** A blob of storage as a file that can be read at will: in place where storage has one. Let go of it afterwards. */
export async function placeStoredFile(
  { storage, scratchDirectory }: Pick<RouteParts, 'storage' | 'scratchDirectory'>,
  digest: string,
): Promise<{ readonly path: string; letGo(): Promise<void> }> {
  const storedPath = await storage.path?.(digest);
  if (storedPath) return { path: storedPath, letGo: async () => {} };
  const directory = await makeScratchFolder(scratchDirectory);
  const letGo = () => rm(directory, { recursive: true, force: true });
  try {
    const path = join(directory, 'bundle');
    await storage.materialise(digest, path);
    return { path, letGo };
  } catch (error) {
    await letGo();
    throw error;
  }
}
