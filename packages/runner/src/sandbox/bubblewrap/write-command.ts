import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunLimits } from '@holdout/contracts';
import type { Gpu } from '../../gpus/gpu.js';
import type { Mount, SandboxedProgram } from '../sandbox.js';
import { enterGroups, stageMounts } from './launch-scripts.js';
import { listArguments } from './list-arguments.js';
import { listSystemMounts } from './list-system-mounts.js';

/** Whom the sandbox runs as outside, where the worker is root: a number that no account has. */
const outsideId = 64_747;
const stageFolder = '/run/holdout/stage';

/** What bubblewrap reads by these descriptors, and not from its command line, which a program inside could read. */
export const descriptors = { arguments: 3, filter: 4 } as const;

interface Command {
  readonly argv: readonly string[];
  /** For the descriptor of that name. */
  readonly arguments: readonly string[];
}

/**
 * The command that enters control groups, leaves root behind where the worker is root, and becomes bubblewrap.
 *
 * @param entrances - the file of each control group to enter it by
 */
export function writeCommand(program: SandboxedProgram, entrances: readonly string[]): Command {
  const system = listSystemMounts();
  const enter = ['/bin/sh', '-c', enterGroups, 'sh', String(entrances.length), ...entrances];
  const bubblewrap = ['bwrap', '--args', String(descriptors.arguments), '--seccomp', String(descriptors.filter), '--'];
  const inside = [...limitProcess(program.limits, entrances.length > 0), ...program.argv];
  if (process.getuid?.() !== 0) {
    return { argv: [...enter, ...bubblewrap, ...inside], arguments: listArguments(program, system) };
  }
  mkdirSync(stageFolder, { recursive: true, mode: 0o755 });
  const sources = [...system.ownMounts, ...program.mounts].map(({ source }) => source);
  const staged = { ...system, ownMounts: stage(system.ownMounts, 0) };
  const mounts = stage(program.mounts, system.ownMounts.length);
  return {
    argv: [
      ...enter,
      ...['unshare', '--mount', '--propagation', 'private', '--'],
      ...['/bin/sh', '-c', stageMounts, 'sh', stageFolder, String(sources.length), ...sources],
      ...['setpriv', `--reuid=${outsideId}`, `--regid=${outsideId}`, ...nameGroups(program.gpu), '--inh-caps=-all'],
      ...['--bounding-set=-all', '--no-new-privs', '--'],
      ...bubblewrap,
      ...inside,
    ],
    arguments: listArguments({ ...program, mounts }, staged),
  };
}

/** Render nodes belong to a group of their own on most systems; without it the sandbox's account may not open them. */
function nameGroups(gpu: Gpu | null): string[] {
  const everyone = 0o006;
  const ids = (gpu?.files ?? []).flatMap((file) => {
    const { gid, mode } = statSync(file);
    return gid === 0 || (mode & everyone) === everyone ? [] : [gid];
  });
  return ids.length === 0 ? ['--clear-groups'] : [`--groups=${[...new Set(ids)].join()}`];
}

/** As they are found in the stage, where so many stand before them. */
function stage(mounts: readonly Mount[], before: number): Mount[] {
  return mounts.map(({ target }, place) => ({ source: join(stageFolder, String(before + place + 1)), target }));
}

/** Set inside, so that only what runs there is counted. What is over the whole of it is for the control groups. */
function limitProcess(limits: RunLimits, hasGroup: boolean): string[] {
  const { processLimit, openFileLimit, fileSizeBytes, cpuLimitSeconds, memoryLimitBytes } = limits;
  return [
    ...[
      '/usr/bin/prlimit',
      `--nproc=${processLimit}`,
      `--nofile=${openFileLimit}`,
      `--fsize=${fileSizeBytes}`,
      '--core=0',
    ],
    // By a signal that names the reason; a second later by one that can't be ignored.
    ...(cpuLimitSeconds === null ? [] : [`--cpu=${cpuLimitSeconds}:${cpuLimitSeconds + 1}`]),
    // What a process may write to of its own; the address space that WebAssembly and V8 reserve is far larger.
    ...(hasGroup ? [] : [`--data=${memoryLimitBytes}`]),
    '--',
  ];
}
