import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How a program of Postgres is started on this machine. */
export interface Launch {
  /** The program and its arguments, behind what makes them unprivileged. */
  command(argv: readonly string[]): [string, string[]];
  readonly environment: NodeJS.ProcessEnv;
  /** The user who must own the data; null where it is our own. */
  readonly owner: { uid: number; gid: number } | null;
}

const postgresUser = 'postgres';

/**
 * Postgres refuses to run as root, so root starts it as the user `postgres`. Where one of the `folders` can only
 * be entered by root (a clone under /root), that process keeps one capability, to pass such folders.
 * On Linux the kernel ends the server when we die, however we die (`--pdeathsig`).
 */
export async function prepareLaunch(folders: readonly string[]): Promise<Launch> {
  const environment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  if (process.platform !== 'linux' || !existsSync('/usr/bin/setpriv')) {
    return { environment, owner: null, command: ([program = '', ...rest]) => [program, rest] };
  }
  const flags = ['--pdeathsig', 'INT'];
  const owner = process.getuid?.() === 0 ? findOrMakeUser() : null;
  if (owner) {
    flags.push('--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups');
    const reachable = await Promise.all(folders.map((folder) => canBeEntered(folder, owner.uid)));
    if (reachable.includes(false)) {
      flags.push('--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup');
    }
  }
  return { environment, owner, command: (argv) => ['/usr/bin/setpriv', [...flags, '--', ...argv]] };
}

/** Makes `path` the property of the user who runs Postgres; nothing to do where that is ourselves. */
export async function giveToPostgresUser(launch: Launch, path: string): Promise<void> {
  if (launch.owner) await chown(path, launch.owner.uid, launch.owner.gid);
}

function findOrMakeUser(): { uid: number; gid: number } {
  try {
    return findUser();
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', postgresUser], { stdio: 'pipe' });
    return findUser();
  }
}

function findUser(): { uid: number; gid: number } {
  const ask = (flag: string) => Number(execFileSync('id', [flag, postgresUser], { stdio: 'pipe' }).toString());
  return { uid: ask('-u'), gid: ask('-g') };
}

/** Whether a user with no group of its own may pass through `folder` and every folder above it. */
async function canBeEntered(folder: string, uid: number): Promise<boolean> {
  const { mode, uid: owner } = await stat(folder);
  const mayEnter = (mode & 0o001) !== 0 || (owner === uid && (mode & 0o100) !== 0);
  const above = dirname(folder);
  return mayEnter && (above === folder || (await canBeEntered(above, uid)));
}
