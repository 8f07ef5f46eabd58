import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunLimits } from '@holdout/contracts';
import type { Gpu } from '../../gpus/gpu.js';
import { type SandboxedProgram, workFolder } from '../sandbox.js';
import type { ContainerOptions, ContainerProgram } from './container-options.js';
import { ownPrograms, writeFirstProcess } from './container-scripts.js';

const account = '1000:1000';
/** Whom accounts inside are outside, where podman is root's: numbers that no account has. */
const outsideRange = '0:1500000000:65536';
const temporaryFolder = `${workFolder}/.tmp`;
const plainEnvironment = { HOME: workFolder, TMPDIR: temporaryFolder, LANG: 'C.UTF-8', PYTHONUNBUFFERED: '1' } as const;
const ownFiles = fileURLToPath(new URL('../../../system-files/', import.meta.url));

interface ContainerDescription {
  readonly name: string;
  /** The file of the seccomp profile. */
  readonly profile: string;
}

/** The arguments of `podman` or `docker` that run a program in a container of its own. */
export function listRunArguments(
  program: SandboxedProgram,
  { program: engine, image, runtime }: ContainerOptions,
  { name, profile }: ContainerDescription,
): string[] {
  const { argv, limits, mounts } = program;
  const all = [
    ...mounts,
    { source: `${ownFiles}hosts`, target: '/etc/hosts' },
    { source: `${ownFiles}python`, target: `${ownPrograms}/python` },
  ];
  const scratch = `rw,exec,nosuid,nodev,mode=1777,size=${limits.scratchSizeBytes}`;
  return [
    ...listEngineArguments(engine, runtime),
    ...['--name', name, '--pull=never', '--interactive', '--log-driver=none', '--hostname=holdout'],
    ...['--network=none', '--ipc=private', '--cgroupns=private', '--read-only', '--user', account, '--cap-drop=ALL'],
    ...['no-new-privileges', 'label=disable', `seccomp=${profile}`].flatMap((option) => ['--security-opt', option]),
    ...listLimits(limits),
    ...[workFolder, '/tmp'].flatMap((folder) => ['--tmpfs', `${folder}:${scratch}`]),
    ...all.flatMap(({ source, target }) => ['--mount', writeMount(source, target)]),
    ...(program.gpu ? listDevices(program.gpu, engine) : []),
    ...['--workdir', workFolder, '--entrypoint', '/bin/sh'],
    ...Object.entries({ ...plainEnvironment, ...program.gpu?.environment }).flatMap(([key, value]) => [
      '--env',
      `${key}=${value}`,
    ]),
    program.image ?? image,
    ...['-c', writeFirstProcess(temporaryFolder), 'sh', ...argv],
  ];
}

/** Engines read it as a line of CSV: a comma in a path would begin a field of its own, which could name any folder. */
function writeMount(source: string, target: string): string {
  const quote = (field: string) => `"${field.replaceAll('"', '""')}"`;
  return ['type=bind', quote(`source=${source}`), quote(`target=${target}`), 'readonly'].join(',');
}

/** What only one of the two knows. */
function listEngineArguments(engine: ContainerProgram, runtime: string | null): string[] {
  if (engine === 'docker') return ['run', ...(runtime === null ? [] : ['--runtime', runtime])];
  return [
    ...(runtime === null ? [] : ['--runtime', runtime]),
    ...['--log-level=error', 'run', '--no-hosts', '--http-proxy=false', '--read-only-tmpfs=false'],
    // They would be folders of this machine's disk, of any size.
    '--image-volume=ignore',
    // What is not root has a user namespace already; docker's is a matter of its daemon.
    ...(process.getuid?.() === 0 ? ['--uidmap', outsideRange, '--gidmap', outsideRange] : []),
  ];
}

function listLimits(limits: RunLimits): string[] {
  const { processLimit, openFileLimit, fileSizeBytes, cpuLimitSeconds, memoryLimitBytes, scratchSizeBytes } = limits;
  const openFiles = Math.min(openFileLimit, readOwnOpenFileLimit());
  return [
    // Without swap: the second number is the sum of both.
    ...[`--memory=${memoryLimitBytes}`, `--memory-swap=${memoryLimitBytes}`, `--pids-limit=${processLimit}`],
    `--shm-size=${scratchSizeBytes}`,
    ...[`nofile=${openFiles}`, `nproc=${processLimit}`, `fsize=${fileSizeBytes}`, 'core=0'].flatMap((limit) => [
      ...['--ulimit', `${limit}:${limit.slice(limit.indexOf('=') + 1)}`],
    ]),
    // By a signal that names the reason; a second later by one that can't be ignored.
    ...(cpuLimitSeconds === null ? [] : ['--ulimit', `cpu=${cpuLimitSeconds}:${cpuLimitSeconds + 1}`]),
  ];
}

/** A host may forbid to raise it. */
function readOwnOpenFileLimit(): number {
  const most = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return most === undefined ? Number.POSITIVE_INFINITY : Number(most);
}

/** docker knows NVIDIA's GPUs by their own numbers, and brings their files and libraries in by itself. */
function listDevices({ id, uuid, files }: Gpu, engine: ContainerProgram): string[] {
  const isNvidia = (file: string) => file.startsWith('/dev/nvidia');
  const named = engine === 'docker' ? files.filter((file) => !isNvidia(file)) : files;
  const device = uuid ?? id.slice('nvidia'.length);
  const asked = engine === 'docker' && files.some(isNvidia) ? ['--gpus', `device=${device}`] : [];
  return [...asked, ...named.flatMap((file) => ['--device', file])];
}
