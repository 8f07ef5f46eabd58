import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ContainerOptions, ContainerProgram } from './container-options.js';

const run = promisify(execFile);

/** What podman and docker look for in their environment; the rest of ours is not for them. */
const wanted = /^(PATH|HOME|XDG_\w+|DOCKER_\w+|CONTAINER_HOST|CONTAINERS_\w+|DBUS_SESSION_BUS_ADDRESS)$/;

export function listEngineEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => wanted.test(name)));
}

/** What an engine says of a container. */
export interface ContainerState {
  /** Of its first process, as this machine numbers it; 0 where it does not run. */
  readonly pid: number;
  readonly hasStarted: boolean;
  readonly isOutOfMemory: boolean;
}

const format = '{{.State.Pid}} {{.State.Status}} {{.State.OOMKilled}}';

/** @returns null where there is no container of this name */
export async function inspectContainer(options: ContainerOptions, name: string): Promise<ContainerState | null> {
  const answer = await ask(options, ['container', 'inspect', '--format', format, name]);
  if (answer === null) return null;
  const [pid, status, outOfMemory] = answer.trim().split(' ');
  return {
    pid: Number(pid),
    hasStarted: status !== 'created' && status !== 'initialized',
    isOutOfMemory: outOfMemory === 'true',
  };
}

export async function hasImage(options: ContainerOptions, image: string): Promise<boolean> {
  return (await ask(options, ['image', 'inspect', '--format', '{{.Id}}', image])) !== null;
}

export async function killContainer(options: ContainerOptions, name: string): Promise<void> {
  await ask(options, ['kill', '--signal', 'KILL', name]);
}

/** The names of all containers, also of those that have ended. */
export async function listContainers(options: ContainerOptions): Promise<string[]> {
  const names = await ask(options, ['ps', '--all', '--format', '{{.Names}}']);
  return (names ?? '').split('\n').filter(Boolean);
}

/** Ends a container at once where it runs, and removes all of it. */
export function writeRemoval(engine: ContainerProgram, name: string): string[] {
  const patience = engine === 'podman' ? ['--time', '0', '--ignore'] : [];
  return [engine, 'rm', '--force', '--volumes', ...patience, name];
}

/** @returns what it printed; null where it did not succeed */
async function ask({ program }: ContainerOptions, argv: readonly string[]): Promise<string | null> {
  try {
    return (await run(program, argv, { env: listEngineEnvironment(), timeout: 60_000 })).stdout;
  } catch {
    return null;
  }
}
