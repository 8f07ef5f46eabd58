import { readdir, readFile } from 'node:fs/promises';

/**
 * The processes that see a folder of `directory` in a mount of their own: those of a sandbox, whoever started it.
 *
 * @param directory - absolute; known by its end, since a mount names it from the top of its own file system
 */
export async function findSandboxed(directory: string): Promise<string[]> {
  const inside = `${directory.split('/').slice(-2).join('/')}/`;
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    const mounts = /^\d+$/.test(pid) ? await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '') : '';
    if (!mounts.includes(inside)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    found.push(`${pid} ${words.replaceAll('\0', ' ').trim()}`);
  }
  return found;
}
