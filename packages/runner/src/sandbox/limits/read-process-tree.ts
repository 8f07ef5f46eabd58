import { readdirSync, readFileSync } from 'node:fs';
import type { GroupUsage } from './control-groups.js';

/** As the kernel counts CPU time for people: a hundred ticks a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** What a process and all that descends from it uses now, where no control group counts it; 0 once it has ended. */
export function readProcessTree(pid: number): GroupUsage {
  const usage = { memoryBytes: 0, cpuSeconds: 0, processes: 0 };
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const status = readIfThere(`/proc/${next}/status`);
    if (status === '') continue;
    usage.memoryBytes += (readKibibytes(status, 'RssAnon') + readKibibytes(status, 'RssShmem')) * 1024;
    usage.cpuSeconds += readCpuSeconds(next);
    usage.processes += Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1] ?? 1);
    waiting.push(...listChildren(next));
  }
  return usage;
}

/** Each thread has those that it started. */
function listChildren(pid: number): number[] {
  return listThreads(pid).flatMap((thread) =>
    readIfThere(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function listThreads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function readKibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
}

/** With that of its children that have ended. The name in the second field may hold anything, also brackets. */
function readCpuSeconds(pid: number): number {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
