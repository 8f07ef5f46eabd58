import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '@holdout/storage';

/** A blob of storage as a file that can be read at will: in place where storage has one. Let go of it afterwards. */
export async function placeStoredFile(
  storage: Storage,
  digest: string,
): Promise<{ readonly path: string; letGo(): Promise<void> }> {
  const storedPath = await storage.path?.(digest);
  if (storedPath) return { path: storedPath, letGo: async () => {} };
  const directory = await mkdtemp(join(tmpdir(), 'holdout-bundle-'));
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
