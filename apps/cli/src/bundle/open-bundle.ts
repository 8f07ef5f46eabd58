import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckedBundle, checkBundle } from '@holdout/bundle';
import { openBundlePath } from '@holdout/bundle/node';

/**
 * Opens and checks what stands at a path, gives it to `use`, and closes it.
 *
 * @throws HoldoutError with every problem; the file system's error where nothing is there
 */
export async function withCheckedBundle<T>(path: string, use: (bundle: CheckedBundle) => Promise<T>): Promise<T> {
  // Asked here too: a path with a typing error is no bad archive.
  await stat(path);
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

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
