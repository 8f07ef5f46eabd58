import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Gpu } from './gpu.js';
import { nameLockFile } from './name-lock-file.js';

/** Links into `/sys/devices`, by which drivers of Mesa find the folder of their GPU there. */
const linkFolders = ['/sys/dev/char', '/sys/class/drm', '/sys/bus/pci/devices'];

/**
 * The GPUs of this machine, each with its own files: NVIDIA's, and whatever else has a render node.
 *
 * @param lockFolder - where each has a file that is locked while it is used
 * @param root - where the machine's `/dev`, `/sys` and `/proc` are
 */
export function listGpus(lockFolder = tmpdir(), root = '/'): Gpu[] {
  const nodes = listDrmNodes(root);
  const nvidia = listNames(root, '/dev', /^nvidia\d+$/).map((name) => describeNvidia(root, name, nodes));
  const taken = new Set(nvidia.flatMap(({ files }) => files));
  const others = nodes.filter(({ name, file }) => name.startsWith('renderD') && !taken.has(file));
  return [...nvidia, ...others.map((node) => describeRenderNode(root, node, nodes))]
    .map((gpu) => ({ ...gpu, lockFile: nameLockFile(lockFolder, gpu.id) }))
    .sort((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }));
}

type FoundGpu = Omit<Gpu, 'lockFile'>;

/** A file in `/dev/dri`; `device` is the folder of its PCI device in `/sys`, null where that is not shown. */
interface DrmNode {
  readonly name: string;
  readonly file: string;
  readonly device: string | null;
}

function listDrmNodes(root: string): DrmNode[] {
  return listNames(root, '/dev/dri', /^(card|renderD)\d+$/).map((name) => ({
    name,
    file: `/dev/dri/${name}`,
    device: resolveLink(root, `/sys/class/drm/${name}/device`),
  }));
}

function describeNvidia(root: string, id: string, nodes: readonly DrmNode[]): FoundGpu {
  const told = findNvidiaInformation(root, Number(id.slice('nvidia'.length)));
  const own = nodes.filter(({ device }) => device !== null && told && basename(device) === told.address);
  const shared = [
    ...listNames(root, '/dev', /^nvidia(ctl|-uvm|-uvm-tools|-modeset)$/).map((name) => `/dev/${name}`),
    ...listNames(root, '/dev/nvidia-caps', /^nvidia-cap\d+$/).map((name) => `/dev/nvidia-caps/${name}`),
  ];
  return {
    id,
    name: told?.name ?? null,
    uuid: told?.uuid ?? null,
    files: [`/dev/${id}`, ...own.map(({ file }) => file), ...shared],
    systemFolders: listSystemFolders(root, own),
    environment: {},
    isSoftware: false,
  };
}

function describeRenderNode(root: string, node: DrmNode, nodes: readonly DrmNode[]): FoundGpu {
  const own = node.device === null ? [node] : nodes.filter(({ device }) => device === node.device);
  return {
    id: node.name,
    name: null,
    uuid: null,
    files: own.map(({ file }) => file),
    systemFolders: listSystemFolders(root, own),
    environment: {},
    isSoftware: false,
  };
}

/** What NVIDIA's driver tells of the GPU whose device file has this number. */
function findNvidiaInformation(root: string, minor: number) {
  for (const address of listNames(root, '/proc/driver/nvidia/gpus', /./)) {
    const text = readIfThere(join(root, '/proc/driver/nvidia/gpus', address, 'information'));
    const field = (name: string) => new RegExp(`^${name}:\\s*(.+?)\\s*$`, 'm').exec(text)?.[1] ?? null;
    if (field('Device Minor') !== String(minor)) continue;
    const uuid = field('GPU UUID');
    // Before it was first used it says question marks.
    return { address, name: field('Model'), uuid: uuid?.startsWith('GPU-') && !uuid.includes('?') ? uuid : null };
  }
  return null;
}

function listSystemFolders(root: string, nodes: readonly DrmNode[]): string[] {
  const devices = new Set(nodes.flatMap(({ device }) => device ?? []));
  if (devices.size === 0) return [];
  return [...linkFolders.filter((folder) => existsSync(join(root, folder))), ...devices];
}

function listNames(root: string, folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(join(root, folder))
      .filter((name) => pattern.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** The path that a link leads to, as it is called beneath `root`. */
function resolveLink(root: string, link: string): string | null {
  try {
    const resolved = realpathSync(join(root, link));
    const top = realpathSync(root);
    return top === '/' ? resolved : resolved.slice(top.length);
  } catch {
    return null;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
