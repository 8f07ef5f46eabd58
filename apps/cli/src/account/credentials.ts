import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CommandError } from '../command-error.js';

const credentialsSchema = z.object({
  /** By the server's address, without a slash at the end. */
  servers: z.record(z.string(), z.object({ token: z.string() })),
});
type Credentials = z.infer<typeof credentialsSchema>;

/**
 * The token that `holdout login` got from a server; undefined where it got none.
 *
 * @throws CommandError `file_unusable` where the file is there and can't be understood
 */
export function findCredential(path: string, server: string): string | undefined {
  return read(path).servers[nameServer(server)]?.token;
}

/** Keeps a server's token. Nobody else on the machine can read the file, at no moment. */
export function keepCredential(path: string, server: string, token: string): void {
  const { servers } = read(path);
  write(path, { servers: { ...servers, [nameServer(server)]: { token } } });
}

/** @returns whether there was one */
export function forgetCredential(path: string, server: string): boolean {
  const { [nameServer(server)]: forgotten, ...servers } = read(path).servers;
  if (forgotten) write(path, { servers });
  return forgotten !== undefined;
}

/** However the address was typed, a token is that of one server and goes to no other. */
function nameServer(server: string): string {
  return new URL(server).href.replace(/\/+$/, '');
}

function read(path: string): Credentials {
  try {
    return credentialsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { servers: {} };
    if (cause instanceof Error && 'syscall' in cause) throw cause;
    throw new CommandError({
      code: 'file_unusable',
      title: `${path} is not what holdout login wrote.`,
      next: 'Remove it and type: holdout login',
      cause,
    });
  }
}

/** Whole or not at all: another command may read it at the same moment. */
function write(path: string, credentials: Credentials): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
