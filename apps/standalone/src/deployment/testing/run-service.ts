import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repository } from './build-image.js';
import type { Service } from './read-compose.js';
import { findLast, readDockerfile } from './read-dockerfile.js';

interface RunOptions {
  readonly service: Service;
  /** What `openBuilder` made of its Dockerfile. */
  readonly root: string;
  /** An empty folder for what the container gets from outside. */
  readonly folder: string;
  /** The contents of `/run/secrets`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** In place of the service's own; undefined takes one away. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A folder of this machine for each of its volumes, by the place in the container. */
  readonly volumes?: Readonly<Record<string, string>>;
}

export interface RunningService {
  /** All that it has printed so far. */
  output(): string;
  readonly ended: Promise<number | null>;
  stop(): Promise<number | null>;
}

/** Whom the images run as. */
export const imageAccount = 10_001;

/**
 * Starts the image of a service by podman, as docker-compose.yml says: the account, the command and the variables of its
 * Dockerfile, a read-only root, no capability, its security options. Only the network is this machine's.
 */
export async function runService(options: RunOptions): Promise<RunningService> {
  const { service, root } = options;
  const dockerfile = readDockerfile(await readFile(join(repository, service.build?.dockerfile ?? ''), 'utf8'));
  const target = service.build?.target ?? null;
  const list = (keyword: string): string[] => JSON.parse(findLast(dockerfile, target, keyword) ?? '[]');
  const name = `holdout-test-${randomUUID().slice(0, 8)}`;
  const child = spawn('podman', [
    ...['run', '--rm', '--name', name, '--runtime', 'runc', '--network', 'host', '--no-hosts', '--http-proxy=false'],
    ...['--user', findLast(dockerfile, target, 'USER') ?? 'root', '--workdir', '/app'],
    // An engine's own limits may be above what this machine lets anybody have.
    ...['--ulimit', 'nofile=8192:8192', '--ulimit', 'nproc=4096:4096'],
    ...listSafeguards(service),
    ...['--volume', '/usr:/usr:ro', '--volume', `${dirname(process.execPath)}:${dirname(process.execPath)}:ro`],
    ...(await listVolumes(options)),
    ...(await listVariables(options, findLast(dockerfile, target, 'ENV') ?? '')),
    ...['--rootfs', root, ...list('ENTRYPOINT'), ...(service.command ?? list('CMD'))],
  ]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return {
    output: () => output,
    ended,
    async stop() {
      spawn('podman', ['stop', '--time', '30', '--ignore', name], { stdio: 'ignore' });
      return await ended;
    },
  };
}

function listSafeguards(service: Service): string[] {
  const profile = service.security_opt?.find((option) => /^seccomp[:=]/.test(option))?.slice('seccomp='.length);
  const has = (option: string) => service.security_opt?.some((each) => each.replace(':', '=') === option);
  return [
    ...(service.read_only ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...(service.cap_drop ?? []).flatMap((capability) => ['--cap-drop', capability]),
    ...(has('no-new-privileges=true') ? ['--security-opt', 'no-new-privileges'] : []),
    ...(has('systempaths=unconfined') ? ['--security-opt', 'unmask=ALL'] : []),
    ...(profile === undefined ? [] : ['--security-opt', `seccomp=${join(repository, profile)}`]),
    ...(service.pids_limit === undefined ? [] : ['--pids-limit', String(service.pids_limit)]),
    ...(service.tmpfs ?? []).flatMap((place) => ['--tmpfs', place]),
  ];
}

async function listVolumes({ service, folder, secrets, volumes = {} }: RunOptions): Promise<string[]> {
  const secretFolder = join(folder, 'secrets');
  await mkdir(secretFolder, { recursive: true });
  for (const { source } of service.secrets ?? []) {
    await writeFile(join(secretFolder, source), secrets[source] ?? '', { mode: 0o444 });
  }
  const places = new Set([
    ...(service.volumes ?? []).map((volume) => volume.split(':')[1] ?? ''),
    ...Object.keys(volumes),
  ]);
  const mounted: string[] = [];
  for (const place of places) {
    const source = volumes[place] ?? join(folder, place.replaceAll('/', '-'));
    await mkdir(source, { recursive: true });
    await chown(source, imageAccount, imageAccount);
    mounted.push('--volume', `${source}:${place}`);
  }
  return ['--volume', `${secretFolder}:/run/secrets:ro`, ...mounted];
}

async function listVariables({ service, environment }: RunOptions, own: string): Promise<string[]> {
  const ofImage = own.split(/\s+/).filter((each) => each !== '');
  const ofService = Object.entries({ ...service.environment, ...environment }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const path = `PATH=${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;
  return [path, ...ofImage, ...ofService].flatMap((variable) => ['--env', variable]);
}
