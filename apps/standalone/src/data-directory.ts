import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where each part of an installation keeps its things. */
export interface DataDirectory {
  readonly root: string;
  readonly postgres: string;
  readonly storage: string;
  readonly scratch: string;
  readonly decoded: string;
  readonly log: string;
  /** Lets the next start have it. */
  release(): Promise<void>;
}

/**
 * Takes a data directory for this process.
 *
 * @throws Error with a sentence where another start has it, or where it can't be written.
 */
export async function takeDataDirectory(root: string): Promise<DataDirectory> {
  try {
    await mkdir(root, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new Error(`The data directory ${root} can’t be made: choose another with --data DIR.`, { cause });
  }
  const lock = join(root, 'running');
  await takeLock(lock, root);
  const scratch = join(root, 'scratch');
  // What a killed evaluation left behind.
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { mode: 0o700 });
  return {
    root,
    postgres: join(root, 'postgres'),
    storage: join(root, 'storage'),
    scratch,
    decoded: join(root, 'decoded'),
    log: join(root, 'holdout.log'),
    release: () => rm(lock, { force: true }),
  };
}

/** A file that holds our process id; one that is left over from a process that is gone is taken. */
async function takeLock(lock: string, root: string): Promise<void> {
  for (;;) {
    try {
      const file = await open(lock, 'wx');
      await file.writeFile(`${process.pid} ${await startTime(process.pid)}`);
      return await file.close();
    } catch (error) {
      if (!isErrorWithCode(error, 'EEXIST')) {
        throw new Error(`The data directory ${root} can’t be written: choose another with --data DIR.`, {
          cause: error,
        });
      }
    }
    const [pid = '', started = ''] = (await readFile(lock, 'utf8')).split(' ');
    if (started !== '' && (await startTime(Number(pid))) === started) {
      throw new Error(
        `Another \`npm start\` (process ${pid}) is using ${root}. Stop it first, or choose another with --data DIR.`,
      );
    }
    await rm(lock, { force: true });
  }
}

/** When a process started, in the kernel's ticks: together with its id it names a process for good. */
async function startTime(pid: number): Promise<string> {
  if (process.platform !== 'linux') return isAlive(pid) ? 'alive' : 'gone';
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat === '' ? 'gone' : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'gone');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A secret of this installation, made at the first start and readable by its owner only. */
export async function readOrMakeSecret(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  if (!existsSync(path)) {
    await writeFile(`${path}.unfinished`, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await rename(`${path}.unfinished`, path);
  }
  return await readFile(path, 'utf8');
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
