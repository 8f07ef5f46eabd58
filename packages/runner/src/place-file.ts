import { copyFile, link } from 'node:fs/promises';

/** Gives a file a second name, or copies it to another disk or where the first is not ours. */
export async function placeFile(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => copyFile(source, target));
}
