import { readdirSync, readFileSync } from 'node:fs';

/** The running processes that a process has started to run a model. */
export function findChildren(parent = process.pid): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const status = readIfThere(`/proc/${pid}/status`);
      const isZombie = /^State:\s+Z/m.test(status);
      const isOurs = status.includes(`PPid:\t${parent}\n`);
      return isOurs && !isZombie && readIfThere(`/proc/${pid}/cmdline`).includes('child/main.js');
    });
}

export function isRunning(pid: number): boolean {
  return !/^State:\s+Z/m.test(readIfThere(`/proc/${pid}/status`) || 'State:\tZ');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
