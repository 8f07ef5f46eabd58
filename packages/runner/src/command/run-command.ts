import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldoutError, type ResolvedCommandManifest, type RunLimits } from '@holdout/contracts';
import { explainEnd, logExceeded, outputExceeded, timeExceeded } from '../explain-end.js';
import type { Gpu } from '../gpus/gpu.js';
import { type TakenGpu, takeGpu } from '../gpus/take-gpu.js';
import { readLog } from '../read-lines.js';
import type { Sandbox, SandboxEnd, SandboxUsage } from '../sandbox/sandbox.js';
import { layOutWork, type RunStudy } from './lay-out-work.js';
import { type ReadPredictions, readPredictionsCsv } from './read-predictions-csv.js';
import { type CommandReport, predictionsFile, readReport, wrapCommand } from './wrap-command.js';

export interface CommandRun {
  readonly sandbox: Sandbox;
  readonly manifest: ResolvedCommandManifest;
  /** The checked bundle's files. */
  readonly bundleDirectory: string;
  /** An existing folder of this machine; what is put into it is removed again. */
  readonly folder: string;
  readonly studies: readonly RunStudy[];
  /** The phase's; a manifest can only lower them. */
  readonly limits: RunLimits;
  /** One of these is its own where its manifest asks for it. */
  readonly gpus?: readonly Gpu[];
  readonly signal?: AbortSignal;
  /** Receives all that the program prints, line by line, until it is too much. */
  readonly onLog?: (line: string) => void;
}

export interface CommandResult extends ReadPredictions {
  readonly usage: SandboxUsage;
  readonly totalSeconds: number;
}

const lastWordsLength = 4000;

/**
 * Runs a team's program on studies by MURA's contract, once, in a sandbox of its own.
 *
 * @throws HoldoutError with a code of the bundle's fault (`command_failed`, `runner_crashed`, `…_limit_exceeded`,
 *   `predictions_…`), or of ours: `sandbox_unavailable`, `runner_killed`; where `signal` was given, its reason. Nothing
 *   of the program is left then.
 */
export async function runCommand(run: CommandRun): Promise<CommandResult> {
  const { sandbox, manifest, gpus = [], signal } = run;
  signal?.throwIfAborted();
  const limits = lowerLimits(run.limits, manifest);
  const folder = await mkdtemp(join(run.folder, 'run-'));
  let taken: TakenGpu | null = null;
  try {
    // Its time begins when it may start.
    if (manifest.gpu && gpus.length > 0) taken = await takeGpu(gpus, signal);
    else if (manifest.gpu) run.onLog?.('This worker has no GPU; the program is run without one.');
    const startedAt = performance.now();
    const shown = run.studies.map((each) => ({ ...each, study: showStudy(each.study) }));
    const mounts = await layOutWork(run.bundleDirectory, shown, folder);
    const { image } = manifest;
    const argv = wrapCommand(manifest, limits, await measureFolder(run.bundleDirectory));
    // A signal that came meanwhile is not heard any more.
    signal?.throwIfAborted();
    const ended = await runToEnd({ ...run, limits }, { argv, mounts, gpu: taken?.gpu ?? null, image, limits }, sandbox);
    signal?.throwIfAborted();
    const report = demandPredictions(ended, limits, image);
    const read = readPredictionsCsv(
      report.predictions,
      shown.map(({ study }) => study),
      manifest,
    );
    const nameOf = new Map(run.studies.map(({ study }) => [showStudy(study), study]));
    const predictions = read.predictions.map((each) => ({ ...each, study: nameOf.get(each.study) ?? each.study }));
    const missing = read.missing.map((study) => nameOf.get(study) ?? study);
    return { predictions, missing, usage: ended.end.usage, totalSeconds: (performance.now() - startedAt) / 1000 };
  } finally {
    taken?.release();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** In bytes, with all folders in it. */
async function measureFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * A study's path in the tree that the contract promises. All are shown as of the test set, so that a program can't tell
 * the public sample from hidden studies by it.
 */
function showStudy(study: string): string {
  return study.startsWith('MURA-v1.1/') ? study : `MURA-v1.1/test/${study}`;
}

interface Ended {
  readonly end: SandboxEnd;
  readonly output: Buffer;
  readonly lastWords: string;
  readonly fault: HoldoutError | null;
}

async function runToEnd(
  { limits, signal, onLog }: Pick<CommandRun, 'limits' | 'signal' | 'onLog'>,
  program: Parameters<Sandbox['start']>[0],
  sandbox: Sandbox,
): Promise<Ended> {
  const running = sandbox.start(program);
  let fault: HoldoutError | null = null;
  const stopWith = (reason: HoldoutError) => {
    fault ??= reason;
    running.kill();
  };
  let lastWords = '';
  const hear = (line: string) => {
    lastWords = `${lastWords}\n${line}`.slice(-lastWordsLength);
    onLog?.(line);
  };
  const exceeded = () => stopWith(logExceeded(limits.logSizeBytes));
  readLog(running.stderr, limits.logSizeBytes, hear, exceeded);
  const chunks: Buffer[] = [];
  let received = 0;
  running.stdout.on('data', (chunk: Buffer) => {
    received += chunk.length;
    // A little more than the predictions, for what stands before them.
    if (received <= limits.outputSizeBytes + 1000) chunks.push(chunk);
    else stopWith(outputExceeded(limits.outputSizeBytes, received));
  });
  running.stdout.on('error', () => {});
  running.stdin.end();
  const timer = setTimeout(() => stopWith(timeExceeded(limits.timeLimitSeconds)), limits.timeLimitSeconds * 1000);
  signal?.addEventListener('abort', running.kill, { once: true });
  try {
    return { end: await running.ended, output: Buffer.concat(chunks), lastWords, fault };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', running.kill);
  }
}

/** @throws HoldoutError unless the program ended well and left a plain file of a fair size */
function demandPredictions(
  { end, output, lastWords, fault }: Ended,
  limits: RunLimits,
  image: string | null,
): CommandReport {
  if (fault) throw fault;
  const { hasBegun, report } = readReport(output);
  if (!hasBegun && !end.exceeded && !end.killedFromOutside) {
    // Its container was started, and its image is the team's own.
    if (image !== null) throw new HoldoutError('command_failed', { detail: `Nothing was run by ${image}’s /bin/sh.` });
    throw new HoldoutError('sandbox_unavailable', { cause: new Error(lastWords) });
  }
  if (report?.exitCode !== 0) {
    const scratchUsedBytes = report?.scratchUsedBytes ?? null;
    throw explainEnd({ end, limits, lastWords, scratchUsedBytes }, 'command_failed');
  }
  const { kind, sizeBytes } = report;
  if (kind === 'file' && sizeBytes > limits.outputSizeBytes) throw outputExceeded(limits.outputSizeBytes, sizeBytes);
  if (kind !== 'file') {
    const found = {
      link: 'a link',
      nothing: 'nothing',
      folder: 'a folder',
      special: 'a pipe, socket or device',
      unreadable: 'a file that may not be read',
    }[kind];
    const detail = `${predictionsFile}: found ${found}; expected a plain file with a line for each study.`;
    throw new HoldoutError('predictions_invalid', { detail });
  }
  return report;
}

function lowerLimits(limits: RunLimits, manifest: ResolvedCommandManifest): RunLimits {
  return {
    ...limits,
    timeLimitSeconds: Math.min(limits.timeLimitSeconds, manifest.timeLimitSeconds ?? Number.POSITIVE_INFINITY),
    memoryLimitBytes: Math.min(limits.memoryLimitBytes, manifest.memoryBytes ?? Number.POSITIVE_INFINITY),
  };
}
