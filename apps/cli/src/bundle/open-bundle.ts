import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CheckedBundle, checkBundle, packBundle } from '@holdout/bundle';
import { openBundlePath } from '@holdout/bundle/node';

/** Opens and checks what stands at a path, gives it to `use`, and closes it. */
export async function withCheckedBundle<T>(path: string, use: (bundle: CheckedBundle) => Promise<T>): Promise<T> {
  const opened = await openBundlePath(path);
  try {
    return await use(await checkBundle(opened));
  } finally {
    await opened.close();
  }
}

/** Gives `use` a folder that is removed afterwards. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'holdout-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a bundle as a zip; a file that is there already is not touched unless `overwrite` says so. */
export async function writeArchive(bundle: CheckedBundle, path: string, overwrite: boolean): Promise<void> {
  const flags = overwrite ? 'w' : 'wx';
  await pipeline(Readable.from(packBundle(bundle.files)), createWriteStream(path, { flags }));
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
