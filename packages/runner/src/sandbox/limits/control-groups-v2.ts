import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlGroup, ControlGroups, GroupReader } from './control-groups.js';
import { findGroupOf } from './find-group.js';
import { nameGroup, readField, readGroupFile, removeAbandonedGroups, removeGroup, tryWrite } from './group-folders.js';

/**
 * Control groups version 2, where this process may make groups beneath its own: as root, or in a service with
 * `Delegate=yes` that holds nothing but this process.
 */
export function openVersion2(): ControlGroups | null {
  const parent = findGroupOf(null);
  if (!parent || !mayControl(parent)) return null;
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

/**
 * A group that hands controllers on may hold no process itself, so this one moves beneath it. Nothing is changed where
 * the kernel refuses: another process is in the group, or it is not ours.
 */
function mayControl(parent: string): boolean {
  const offered = readGroupFile(parent, 'cgroup.controllers').split(/\s+/);
  if (!['memory', 'pids'].every((controller) => offered.includes(controller))) return false;
  const handOn = () => tryWrite('+memory +pids', parent, 'cgroup.subtree_control');
  if (handOn()) return true;
  const own = join(parent, nameGroup());
  try {
    mkdirSync(own);
  } catch {
    return false;
  }
  if (tryWrite(process.pid, own, 'cgroup.procs') && handOn()) return true;
  tryWrite(process.pid, parent, 'cgroup.procs');
  void removeGroup(own).catch(() => {});
  return false;
}
