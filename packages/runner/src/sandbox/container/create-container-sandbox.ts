import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError } from '@holdout/contracts';
import { makeOwnFolder, removeAbandonedFolders } from '../../own-folders.js';
import { isAbandoned, nameGroup } from '../limits/group-folders.js';
import { readExit } from '../read-exit.js';
import type { Sandbox, SandboxEnd, SandboxedProcess, SandboxedProgram } from '../sandbox.js';
import { buildSeccompProfile } from '../seccomp/build-profile.js';
import type { ContainerOptions } from './container-options.js';
import { seenByFirstProcess } from './container-scripts.js';
import { hasImage, inspectContainer, killContainer, listContainers, listEngineEnvironment } from './engine-command.js';
import { listRunArguments } from './list-run-arguments.js';
import { startGuardian } from './start-guardian.js';
import { watchContainer } from './watch-container.js';

/** Runs programs in containers, by podman or docker, from images that this machine has. */
export function createContainerSandbox(options: ContainerOptions): Sandbox {
  const profile = writeProfile();
  const version = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 'v2' : 'v1';
  return {
    kind: 'container',
    enforcedBy: `${options.program} (cgroup ${version})`,
    system: options.image,
    mayWait: true,
    start: (program) => launch(program, options, profile),
    async removeAbandoned() {
      await removeAbandonedFolders(tmpdir());
      const names = (await listContainers(options)).filter(isAbandoned);
      await Promise.all(names.map((name) => startGuardian(options, name).remove()));
    },
  };
}

/** The engine reads it from a file each time. */
function writeProfile(): string {
  const folder = makeOwnFolder(tmpdir());
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'profile.json');
  const profile = buildSeccompProfile(process.arch === 'arm64' ? 'arm64' : 'x64');
  writeFileSync(path, JSON.stringify(profile), { mode: 0o644 });
  return path;
}

const pauseMilliseconds = 100;
const lastWordsLength = 1000;

function launch(program: SandboxedProgram, options: ContainerOptions, profile: string): SandboxedProcess {
  const name = `${nameGroup()}-${randomUUID().slice(0, 8)}`;
  const guardian = startGuardian(options, name);
  const client = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', options.program, ...listRunArguments(program, options, { name, profile })],
    { stdio: ['pipe', 'pipe', 'pipe'], env: listEngineEnvironment(), cwd: '/', detached: true },
  );
  const { stdin, stdout, stderr } = client;
  stdin.on('error', () => {});
  let lastWords = '';
  stderr.on('data', (chunk: Buffer | string) => {
    lastWords = `${lastWords}${chunk}`.slice(-lastWordsLength);
  });
  let hasClosed = false;
  let isKilled = false;
  const kill = () => {
    if (isKilled) return;
    isKilled = true;
    // It may not have been made yet.
    const repeat = async () => {
      while (!hasClosed) {
        await killContainer(options, name);
        await sleep(pauseMilliseconds);
      }
    };
    void repeat();
  };
  const watch = watchContainer(options, name, program.limits, kill);
  const closed = new Promise<number | null>((done, fail) => {
    client.once('error', (cause) => fail(new HoldoutError('sandbox_unavailable', { cause })));
    client.once('close', done);
  });
  const ended = closed
    .finally(() => {
      hasClosed = true;
      watch.stop();
    })
    .then((exitCode) => describeEnd({ exitCode, lastWords, name, watch }, program, options))
    .finally(() => guardian.remove());
  ended.catch(() => {});
  return { stdin, stdout, stderr, kill, usage: watch.usage, ended };
}

/** The exit codes of `run` where the container could not be started: the engine failed, or there is no such program. */
const startFailures = [125, 126, 127];

interface ClosedClient {
  readonly exitCode: number | null;
  /** The engine's, or its program's. */
  readonly lastWords: string;
  readonly name: string;
  readonly watch: ReturnType<typeof watchContainer>;
}

/** @throws HoldoutError `sandbox_unavailable`, `engine_unavailable` */
async function describeEnd(
  { exitCode, lastWords, name, watch }: ClosedClient,
  { image }: SandboxedProgram,
  options: ContainerOptions,
): Promise<SandboxEnd> {
  const usage = watch.usage();
  const exceeded = watch.exceeded();
  if (exitCode === 0) return { exitCode, signal: null, killedFromOutside: false, exceeded, usage };
  const state = await inspectContainer(options, name);
  if (startFailures.includes(exitCode ?? 125) && !state?.hasStarted) {
    if (image !== null) await refuseImage(image, options);
    const words = lastWords.trim() || `its exit code is ${exitCode}`;
    const cause = new Error(`${options.program} could not start a container: ${words}`);
    throw new HoldoutError('sandbox_unavailable', { cause });
  }
  const { memory, processes } = seenByFirstProcess;
  const limit = new Map<number | null, SandboxEnd['exceeded']>([
    [memory, 'memory'],
    [processes, 'processes'],
  ]).get(exitCode);
  return {
    ...readExit(exitCode === memory ? 137 : exitCode),
    // Nothing else is believed: a program may write into the memory of its container's first process.
    killedFromOutside: exitCode === null,
    exceeded: exceeded ?? limit ?? (state?.isOutOfMemory ? 'memory' : null),
    usage,
  };
}

/** @throws HoldoutError `engine_unavailable` that says what is wrong with an image that a bundle named */
async function refuseImage(image: string, options: ContainerOptions): Promise<void> {
  const detail = (await hasImage(options, image))
    ? `No program could be started in the image ${image}: it needs a /bin/sh for this machine's kind of processor.`
    : `This worker does not have the image ${image}. Who runs it can bring it: ${options.program} pull ${image}`;
  throw new HoldoutError('engine_unavailable', { detail });
}
