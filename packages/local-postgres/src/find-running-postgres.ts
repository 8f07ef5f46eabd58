import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The superuser's connection string for a database of the server that runs on `directory`, which another process started.
 *
 * @returns null where none runs there
 * @throws Error with a sentence where who asks may not read the directory
 */
export async function findRunningPostgres(directory: string, database: string): Promise<string | null> {
  const [password, state] = await Promise.all([
    readIfThere(join(directory, 'password')),
    readIfThere(join(directory, 'data', 'postmaster.pid')),
  ]);
  // https://www.postgresql.org/docs/current/storage-file-layout.html: process id, data directory, start, port, …
  const [pid, , , port] = state?.split('\n') ?? [];
  if (password === null || !port || !isAlive(Number(pid))) return null;
  return `postgres://postgres:${password.trim()}@127.0.0.1:${port}/${database}`;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return null;
    throw new Error(`${path} can’t be read (${code}): become the user who runs \`npm start\` here, and try again.`, {
      cause: error,
    });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is another user's, so it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
