import { readFileSync } from 'node:fs';

interface MemoryWatch {
  stop(): void;
  /** The most that was seen, in bytes; 0 where the machine does not tell. */
  peakBytes(): number;
}

const intervalMilliseconds = 50;

/**
 * Looks at a process's resident memory twenty times a second and calls `onExceeded` once when it is over the limit.
 * A limit on the address space would not do: WebAssembly and V8 reserve far more than they use.
 */
export function watchMemory(pid: number, limitBytes: number, onExceeded: (usedBytes: number) => void): MemoryWatch {
  let peak = 0;
  let exceeded = false;
  const timer = setInterval(() => {
    const used = readResidentBytes(pid);
    peak = Math.max(peak, used);
    if (used <= limitBytes || exceeded) return;
    exceeded = true;
    onExceeded(used);
  }, intervalMilliseconds);
  return { stop: () => clearInterval(timer), peakBytes: () => peak };
}

/** VmHWM, the kernel's own record of the peak: what came and went between two looks counts too. */
function readResidentBytes(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
