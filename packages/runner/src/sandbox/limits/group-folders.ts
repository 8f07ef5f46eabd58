import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Tells whose a group is: of which machine or container, and of which process there. */
const ourPrefix = `holdout-${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '-')}-`;
let made = 0;

/** A name that no other group of this machine has; `isAbandoned` tells whether its maker is gone. */
export function nameGroup(): string {
  made += 1;
  return `${ourPrefix}${process.pid}-${made}`;
}

/** Whether a name was given by this process. */
export function isOurs(name: string): boolean {
  return name.startsWith(`${ourPrefix}${process.pid}-`);
}

/** Whether this process may make groups beneath a folder. */
export function mayMakeGroups(parent: string): boolean {
  const folder = join(parent, nameGroup());
  try {
    mkdirSync(folder);
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** A file of a group; empty where it is not there. */
export function readGroupFile(...parts: string[]): string {
  try {
    return readFileSync(join(...parts), 'utf8');
  } catch {
    return '';
  }
}

/** The value of a line `name value`; 0 where there is none. */
export function readField(text: string, name: string): number {
  for (const line of text.split('\n')) {
    if (line.startsWith(`${name} `)) return Number(line.slice(name.length + 1));
  }
  return 0;
}

/** Whether a group's file could be written. */
export function tryWrite(value: string | number, ...parts: string[]): boolean {
  try {
    writeFileSync(join(...parts), String(value));
    return true;
  } catch {
    return false;
  }
}

const triesToRemove = 200;
const pauseMilliseconds = 10;

/** Ends what is in a group and removes its folder; the kernel lets go of the last process only after a moment. */
export async function removeGroup(folder: string): Promise<void> {
  for (let tries = 0; tries < triesToRemove; tries += 1) {
    endProcesses(folder);
    if (tryRemove(folder)) return;
    await sleep(pauseMilliseconds);
  }
  throw new Error(`The group ${folder} could not be removed: something in it does not end.`);
}

/** Removes the groups beneath a folder whose process is gone. */
export function removeAbandonedGroups(parent: string): void {
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch {
    return;
  }
  for (const name of names.filter(isAbandoned)) {
    endProcesses(join(parent, name));
    // Where something takes a moment to end, the next start of a worker removes the folder.
    tryRemove(join(parent, name));
  }
}

/** Whether a name was given by a process of this machine that is gone. */
export function isAbandoned(name: string): boolean {
  const pid = name.startsWith(ourPrefix) ? Number.parseInt(name.slice(ourPrefix.length), 10) : Number.NaN;
  return !Number.isNaN(pid) && !isAlive(pid);
}

function endProcesses(folder: string): void {
  if (tryWrite(1, folder, 'cgroup.kill')) return;
  for (const pid of readGroupFile(folder, 'cgroup.procs').split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}

function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
