import { readdir, readFile, readlink } from 'node:fs/promises';
import type { KeptProgram } from './keep-running.js';

/** Which of these programs has a TCP connection from this port of 127.0.0.1; undefined where none has. */
export async function findByPort(programs: readonly KeptProgram[], port: number): Promise<number | undefined> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  const inodes = lines.filter((fields) => fields[1]?.endsWith(local)).map((fields) => `socket:[${fields[9]}]`);
  return await findOpening(programs, (link) => inodes.includes(link));
}

/** … has a file of a folder open whose path ends so. Its own namespace of mounts may name the path from another root. */
export function findByFolder(programs: readonly KeptProgram[], folder: string): Promise<number | undefined> {
  return findOpening(programs, (link) => link.includes(`/${folder}/`));
}

async function findOpening(
  programs: readonly KeptProgram[],
  fits: (link: string) => boolean,
): Promise<number | undefined> {
  for (const program of programs) {
    const directory = `/proc/${program.pid()}/fd`;
    const names = await readdir(directory).catch((): string[] => []);
    for (const name of names) {
      const link = await readlink(`${directory}/${name}`).catch(() => '');
      if (fits(link)) return program.pid();
    }
  }
  return undefined;
}
