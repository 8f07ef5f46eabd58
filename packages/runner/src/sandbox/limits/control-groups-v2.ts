import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ControlGroup, ControlGroups, GroupReader } from './control-groups.js';
import { findGroupOf, listAncestors } from './find-group.js';
import {
  isOurs,
  mayMakeGroups,
  nameGroup,
  readField,
  readGroupFile,
  removeAbandonedGroups,
  removeGroup,
  tryWrite,
} from './group-folders.js';

/**
 * Control groups version 2, where this process may make groups: beneath its own in a service with `Delegate=yes` that
 * holds nothing but this process, and as root beside it.
 */
export function openVersion2(): ControlGroups | null {
  const parent = findParent();
  if (parent === null) return null;
  return {
    version: 'cgroup v2',
    create(limits) {
      const folder = join(parent, nameGroup());
      mkdirSync(folder);
      tryWrite(limits.memoryLimitBytes, folder, 'memory.max');
      tryWrite(0, folder, 'memory.swap.max');
      // The kernel then ends all of it, not the one process that asked for too much.
      tryWrite(1, folder, 'memory.oom.group');
      tryWrite(limits.processLimit, folder, 'pids.max');
      // A quarter of what others get where there is not enough for all, so that workers and databases stay awake.
      tryWrite('+cpu', parent, 'cgroup.subtree_control');
      tryWrite(25, folder, 'cpu.weight');
      return describeGroup(folder);
    },
    removeAbandoned: () => removeAbandonedGroups(parent),
  };
}

/** The group that another process is in; null where it is not there, or ours as well. */
export function readVersion2(pid: number): GroupReader | null {
  const folder = findGroupOf(null, pid);
  if (folder === null || folder === findGroupOf(null)) return null;
  return readGroupFile(folder, 'memory.stat') === '' ? null : describeGroup(folder);
}

function describeGroup(folder: string): ControlGroup {
  return {
    entrances: [join(folder, 'cgroup.procs')],
    readUsage() {
      const stat = readGroupFile(folder, 'memory.stat');
      return {
        // `shmem` is a part of what `file` counts; the rest of that is only kept while nobody else needs it.
        memoryBytes: readField(stat, 'anon') + readField(stat, 'shmem'),
        cpuSeconds: readField(readGroupFile(folder, 'cpu.stat'), 'usage_usec') / 1e6,
        processes: Number(readGroupFile(folder, 'pids.current')),
      };
    },
    findRefusal() {
      // A machine without memory ends processes as well, which the limit has nothing to do with.
      const refused = readField(readGroupFile(folder, 'memory.events'), 'oom') > 0;
      if (refused && this.countMemoryKills() > 0) return 'memory';
      return readField(readGroupFile(folder, 'pids.events'), 'max') > 0 ? 'processes' : null;
    },
    countMemoryKills: () => readField(readGroupFile(folder, 'memory.events'), 'oom_kill'),
    remove: () => removeGroup(folder),
  };
}

/** The nearest group beneath which this process may make others that have limits; null where there is none. */
function findParent(): string | null {
  const own = findGroupOf(null);
  if (own === null) return null;
  // Where another sandbox of this process has moved it already.
  const home = isOurs(basename(own)) ? dirname(own) : own;
  if (handOn(home) || moveBeneath(home)) return home;
  // Something else is in our group, a shell or another worker, so groups can only be made beside it: by root, mostly.
  return listAncestors(home).find((ancestor) => handOn(ancestor) && mayMakeGroups(ancestor)) ?? null;
}

/** Whether groups beneath this one have limits of memory and of processes, now. */
function handOn(group: string): boolean {
  const handed = () => hasControllers(group, 'cgroup.subtree_control');
  return (
    hasControllers(group, 'cgroup.controllers') &&
    (handed() || tryWrite('+memory +pids', group, 'cgroup.subtree_control'))
  );
}

function hasControllers(group: string, file: string): boolean {
  const names = readGroupFile(group, file).split(/\s+/);
  return ['memory', 'pids'].every((name) => names.includes(name));
}

/**
 * A group that hands controllers on may hold no process itself, so this one moves beneath it. Nothing is changed where
 * the kernel refuses: another process is in the group, or it is not ours.
 */
function moveBeneath(parent: string): boolean {
  if (!hasControllers(parent, 'cgroup.controllers')) return false;
  const own = join(parent, nameGroup());
  try {
    mkdirSync(own);
  } catch {
    return false;
  }
  if (tryWrite(process.pid, own, 'cgroup.procs') && handOn(parent)) return true;
  tryWrite(process.pid, parent, 'cgroup.procs');
  void removeGroup(own).catch(() => {});
  return false;
}
