import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The folder of the group that a process is in.
 *
 * @param controller - of version 1; null for the one hierarchy of version 2
 * @param pid - this process itself where it is left out
 * @returns null where there is no such hierarchy, it is not mounted, or the process has ended
 */
export function findGroupOf(controller: string | null, pid: number | 'self' = 'self'): string | null {
  const own = readPath(controller, pid);
  const mount = own === null ? null : findMount(controller);
  if (own === null || !mount) return null;
  // In a container the mount may show a part of the hierarchy only.
  const inside = relative(mount.root, own);
  return inside.startsWith('..') ? mount.folder : join(mount.folder, inside);
}

/** The groups above one of version 2, nearest first, as far as they are mounted. */
export function listAncestors(group: string): string[] {
  const mount = findMount(null);
  if (!mount || group === mount.folder || !group.startsWith(mount.folder)) return [];
  const parent = dirname(group);
  return [parent, ...listAncestors(parent)];
}

/** From lines `4:memory:/path`, `2:cpu,cpuacct:/path`, `0::/path`. */
function readPath(controller: string | null, pid: number | 'self'): string | null {
  for (const line of readLines(`/proc/${pid}/cgroup`)) {
    const [number, controllers = '', ...path] = line.split(':');
    const isIt = controller === null ? number === '0' : controllers.split(',').includes(controller);
    if (isIt) return path.join(':');
  }
  return null;
}

/** From lines `id parent major:minor root folder options … - type source super-options`. */
function findMount(controller: string | null): { root: string; folder: string } | null {
  for (const line of readLines('/proc/self/mountinfo')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '/', folder = ''] = before.split(' ');
    const [type, , superOptions = ''] = after.split(' ');
    const isIt =
      controller === null ? type === 'cgroup2' : type === 'cgroup' && superOptions.split(',').includes(controller);
    if (isIt) return { root, folder };
  }
  return null;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
