import type { RunLimits } from '@holdout/contracts';
import type { SandboxEnd, SandboxUsage } from '../sandbox.js';
import type { GroupUsage } from './control-groups.js';

interface UsageWatch {
  /** Looks for the last time. */
  stop(): void;
  /** The most that was seen so far, now included while it is watched. */
  readonly usage: () => SandboxUsage;
}

const intervalMilliseconds = 50;

/**
 * Looks twenty times a second at what a sandbox uses, and calls `onExceeded` once when memory or CPU time is over its
 * limit: what the kernel of this machine can't hold a group of processes to is held here.
 */
export function watchUsage(
  read: () => GroupUsage,
  limits: RunLimits,
  onExceeded: (what: NonNullable<SandboxEnd['exceeded']>) => void,
): UsageWatch {
  let usage: SandboxUsage = { peakMemoryBytes: 0, cpuSeconds: 0, peakProcesses: 0 };
  let exceeded = false;
  const look = () => {
    const now = read();
    usage = {
      peakMemoryBytes: Math.max(usage.peakMemoryBytes, now.memoryBytes),
      // Where only what still runs can be counted, the sum may fall.
      cpuSeconds: Math.max(usage.cpuSeconds, now.cpuSeconds),
      peakProcesses: Math.max(usage.peakProcesses, now.processes),
    };
    const over = findExceeded(usage, limits);
    if (!over || exceeded) return;
    exceeded = true;
    onExceeded(over);
  };
  const timer = setInterval(look, intervalMilliseconds);
  let isStopped = false;
  return {
    stop() {
      clearInterval(timer);
      isStopped = true;
      look();
    },
    usage() {
      if (!isStopped) look();
      return usage;
    },
  };
}

function findExceeded(
  { peakMemoryBytes, cpuSeconds }: SandboxUsage,
  { memoryLimitBytes, cpuLimitSeconds }: RunLimits,
): SandboxEnd['exceeded'] {
  if (peakMemoryBytes > memoryLimitBytes) return 'memory';
  return cpuLimitSeconds !== null && cpuSeconds > cpuLimitSeconds ? 'cpu' : null;
}
