import { execFile } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { repository } from './build-image.js';

const run = promisify(execFile);

export interface Service {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string; readonly target?: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly { readonly source: string }[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly pids_limit?: number;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly unknown[];
  readonly deploy?: { readonly replicas?: number };
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly text: string;
}

/**
 * What docker-compose itself makes of docker-compose.yml, in a folder with the secrets that make-secrets.mjs writes.
 *
 * @param folder - an empty one
 * @throws Error with docker-compose's words
 */
export async function readCompose(folder: string): Promise<Compose> {
  for (const name of ['docker-compose.yml', 'deploy/seccomp', 'deploy/caddy']) {
    await mkdir(join(folder, 'deploy'), { recursive: true });
    await cp(join(repository, name), join(folder, name), { recursive: true });
  }
  await makeSecrets(folder, ['--domain', 'holdout.example.org', '--administrator', 'operator@example.org']);
  const { stdout } = await run('docker-compose', ['--profile', 'gpu', '--profile', 'admin', 'config'], { cwd: folder });
  return { ...(parse(stdout) as Omit<Compose, 'text'>), text: stdout };
}

export async function makeSecrets(folder: string, argv: readonly string[]): Promise<void> {
  await run(process.execPath, [join(repository, 'scripts/make-secrets.mjs'), '--directory', folder, ...argv]);
}

export async function readSecret(folder: string, name: string): Promise<string> {
  return await readFile(join(folder, 'secrets', name), 'utf8');
}
