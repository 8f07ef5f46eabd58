import { readdirSync, readFileSync } from 'node:fs';

/** The running processes beneath a process that run a model, however many sandboxes lie between. */
export function findChildren(parent = process.pid): number[] {
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)) {
    const status = readIfThere(`/proc/${pid}/status`);
    const above = /^PPid:\t(\d+)$/m.exec(status)?.[1];
    const isThere = above !== undefined && !/^State:\s+Z/m.test(status);
    if (isThere) parents.set(pid, readContainerOwner(pid) ?? Number(above));
  }
  const descends = (pid: number): boolean => {
    const above = parents.get(pid) ?? 0;
    return above === parent || (above > 1 && descends(above));
  };
  return [...parents.keys()].filter((pid) => descends(pid) && isRunner(pid));
}

/** What stands between a container and the machine belongs to nobody, but has the container's name, and that our pid. */
function readContainerOwner(pid: number): number | null {
  const [program = '', ...argv] = readIfThere(`/proc/${pid}/cmdline`).split('\0');
  const name = program.endsWith('conmon') ? argv.find((each) => each.startsWith('holdout-')) : undefined;
  const owner = /-(\d+)-\d+-[0-9a-f]{8}$/.exec(name ?? '')?.[1];
  return owner === undefined ? null : Number(owner);
}

/** Our program itself, not what has started it with its name among the arguments. */
function isRunner(pid: number): boolean {
  const [program = '', script = ''] = readIfThere(`/proc/${pid}/cmdline`).split('\0');
  return program.endsWith('node') && script.endsWith('child/main.js');
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
