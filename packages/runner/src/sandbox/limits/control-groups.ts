import type { RunLimits } from '@holdout/contracts';
import { openVersion1, readVersion1 } from './control-groups-v1.js';
import { openVersion2, readVersion2 } from './control-groups-v2.js';

/** Groups of processes that the kernel itself holds to a limit. */
export interface ControlGroups {
  readonly version: 'cgroup v1' | 'cgroup v2';
  /** @throws the file system's error where the group can't be made any more */
  create(limits: RunLimits): ControlGroup;
  /** Removes the groups of processes of this machine that are gone, and ends what is left in them. */
  removeAbandoned(): void;
}

/** What a group tells. */
export interface GroupReader {
  readUsage(): GroupUsage;
  /** Which limit the kernel has refused something by; null where none. */
  findRefusal(): 'memory' | 'processes' | null;
  /** How many of its processes the kernel has ended for want of memory, the group's or the machine's. */
  countMemoryKills(): number;
}

/** A group that we have made. */
export interface ControlGroup extends GroupReader {
  /** The files that a process writes its id to, to be in the group with all it starts. */
  readonly entrances: readonly string[];
  /** Ends whatever is left in the group and removes it. */
  remove(): Promise<void>;
}

/** As it is now. */
export interface GroupUsage {
  readonly memoryBytes: number;
  /** Since the group was made, also of what has ended. */
  readonly cpuSeconds: number;
  readonly processes: number;
}

/** Those of this machine; null where they may not be written, or do not exist. */
export function openControlGroups(): ControlGroups | null {
  return openVersion2() ?? openVersion1();
}

/** The group that a process of someone else is in; null where this machine does not show it. */
export function openGroupOf(pid: number): GroupReader | null {
  return readVersion2(pid) ?? readVersion1(pid);
}
