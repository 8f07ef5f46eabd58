import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mount } from '../sandbox.js';

/** What a program finds of this machine's system: its software, and of `/etc` only what software needs to run. */
export interface SystemMounts {
  readonly mounts: readonly Mount[];
  /** Accounts and names that tell nothing of this machine, from files of this package. */
  readonly ownMounts: readonly Mount[];
  /** Links such as `/lib` → `usr/lib`. */
  readonly links: readonly { target: string; pointsTo: string }[];
}

const ownFiles = fileURLToPath(new URL('../../../system-files/', import.meta.url));
const roots = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
/** Last of all in the path. */
export const ownPrograms = '/opt/holdout/bin';
/** What Debian's packages read there, and no more of this machine: neither its accounts nor its addresses. */
const settings = new RegExp(
  `^(${[
    ...[
      'alternatives',
      'debian_version',
      'fonts',
      'ld\\.so\\..*',
      'locale.alias',
      'localtime',
      'magic',
      'magic\\.mime',
    ],
    ...['mime\\.types', 'nsswitch\\.conf', 'os-release', 'papersize', 'protocols', 'services', 'terminfo', 'timezone'],
    ...['glvnd', 'ImageMagick-.*', 'java-.*', 'matplotlibrc', 'octave.*', 'OpenCL', 'openmpi', 'perl', 'python.*', 'R'],
    ...['vulkan'],
  ].join('|')})$`,
);

export function listSystemMounts(): SystemMounts {
  // Engines ask how many cores there are, and of which kind.
  const mounts: Mount[] = ['/usr', '/sys/devices/system/cpu'].map((path) => ({ source: path, target: path }));
  // Debian calls it python3 only; the official competition’s commands say python.
  const links = existsSync('/usr/bin/python')
    ? []
    : [{ target: `${ownPrograms}/python`, pointsTo: '/usr/bin/python3' }];
  for (const root of roots.map((name) => `/${name}`)) {
    const status = lstatSync(root, { throwIfNoEntry: false });
    if (status?.isSymbolicLink()) links.push({ target: root, pointsTo: readlinkSync(root) });
    else if (status) mounts.push({ source: root, target: root });
  }
  for (const name of readdirSync('/etc').filter((each) => settings.test(each))) {
    mounts.push({ source: join('/etc', name), target: join('/etc', name) });
  }
  const ownMounts = ['passwd', 'group', 'hosts'].map((name) => ({
    source: join(ownFiles, name),
    target: join('/etc', name),
  }));
  return { mounts, ownMounts, links };
}
