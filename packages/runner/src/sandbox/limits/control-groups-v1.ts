import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlGroup, ControlGroups, GroupReader } from './control-groups.js';
import { findGroupOf } from './find-group.js';
import {
  mayMakeGroups,
  nameGroup,
  readField,
  readGroupFile,
  removeAbandonedGroups,
  removeGroup,
  tryWrite,
} from './group-folders.js';

const controllers = ['memory', 'pids', 'cpuacct'] as const;
type Folders = Partial<Record<(typeof controllers)[number], string>>;

/** Control groups version 1: a hierarchy for each controller. That of memory is needed, the others are used where they are. */
export function openVersion1(): ControlGroups | null {
  const parents: Folders = {};
  for (const controller of controllers) {
    const parent = findGroupOf(controller);
    if (parent && mayMakeGroups(parent)) parents[controller] = parent;
  }
  if (!parents.memory) return null;
  return {
    version: 'cgroup v1',
    create(limits) {
      const name = nameGroup();
      const folders: Folders = {};
      for (const controller of controllers) {
        const parent = parents[controller];
        if (!parent) continue;
        const folder = join(parent, name);
        mkdirSync(folder);
        folders[controller] = folder;
      }
      const { memory = '', pids, cpuacct } = folders;
      tryWrite(limits.memoryLimitBytes, memory, 'memory.limit_in_bytes');
      // With swap as well, where that is counted.
      tryWrite(limits.memoryLimitBytes, memory, 'memory.memsw.limit_in_bytes');
      if (pids) tryWrite(limits.processLimit, pids, 'pids.max');
      // Mounted together with `cpu` on most machines: a quarter of what others get where there is not enough for all.
      if (cpuacct) tryWrite(256, cpuacct, 'cpu.shares');
      return describeGroup(folders);
    },
    removeAbandoned() {
      for (const parent of Object.values(parents)) removeAbandonedGroups(parent);
    },
  };
}

/** The groups that another process is in; null where they are not there, or ours as well. */
export function readVersion1(pid: number): GroupReader | null {
  const folders: Folders = {};
  for (const controller of controllers) {
    const folder = findGroupOf(controller, pid);
    if (folder && folder !== findGroupOf(controller)) folders[controller] = folder;
  }
  return folders.memory ? describeGroup(folders) : null;
}

function describeGroup({ memory = '', pids = '', cpuacct = '' }: Folders): ControlGroup {
  const folders = [memory, pids, cpuacct].filter((folder) => folder !== '');
  return {
    entrances: folders.map((folder) => join(folder, 'cgroup.procs')),
    readUsage() {
      const stat = readGroupFile(memory, 'memory.stat');
      return {
        // Without the files of disks that the kernel keeps in memory while nobody else needs it.
        memoryBytes: readField(stat, 'total_rss') + readField(stat, 'total_shmem'),
        cpuSeconds: Number(cpuacct && readGroupFile(cpuacct, 'cpuacct.usage')) / 1e9,
        processes: Number(pids && readGroupFile(pids, 'pids.current')),
      };
    },
    findRefusal() {
      // A machine without memory ends processes as well, which the limit has nothing to do with.
      // Newer kernels don't count refusals any more, but they remember the most that was used.
      const [most, limit] = ['memory.max_usage_in_bytes', 'memory.limit_in_bytes'].map((name) =>
        Number(readGroupFile(memory, name)),
      );
      const wasFull = (most ?? 0) > 0.98 * (limit ?? 0);
      if (wasFull && this.countMemoryKills() > 0) return 'memory';
      return pids && readField(readGroupFile(pids, 'pids.events'), 'max') > 0 ? 'processes' : null;
    },
    countMemoryKills: () => readField(readGroupFile(memory, 'memory.oom_control'), 'oom_kill'),
    async remove() {
      for (const folder of folders) await removeGroup(folder);
    },
  };
}
