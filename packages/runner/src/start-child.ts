import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunLimits } from '@holdout/contracts';
import { logExceeded } from './explain-end.js';
import type { Gpu } from './gpus/gpu.js';
import { messageSchema, type RunMessage, type RunRequest } from './protocol.js';
import { readLines, readLog } from './read-lines.js';
import { describeRunner } from './runner-mounts.js';
import type { Sandbox, SandboxEnd } from './sandbox/sandbox.js';

export interface ChildListener {
  onMessage(message: RunMessage): void;
  onLog(line: string): void;
}

/** The process that runs a model, in a sandbox with folders of its own. */
export interface Child {
  /** On this machine: what is put into them the process can read. */
  readonly bundleDirectory: string;
  readonly imagesDirectory: string;
  /** The same folders as the process sees them. */
  readonly inside: { readonly bundle: string; readonly images: string };
  readonly gpu: Gpu | null;
  /** What it found its GPU to be called, before it knew a bundle; null until it runs, and where it found none. */
  readonly adapter: () => string | null;
  /** Names who hears it from now on. Log lines that nobody has heard are kept, and come first. */
  listen(listener: ChildListener | null): void;
  request(request: RunRequest): void;
  /** Tells it that nothing more will be asked; it ends by itself. */
  finish(): void;
  /** Ends it and all it may have started, at once. */
  readonly kill: () => void;
  /** The most memory that it had until now. */
  readPeakBytes(): number;
  /** When nothing of it runs any more. Rejected where it could not be started. */
  readonly ended: Promise<ChildEnd>;
  /** Removes its folders; once it has ended. */
  remove(): Promise<void>;
}

export interface ChildEnd extends SandboxEnd {
  /** Whether our own program had begun to run inside. */
  readonly hasBegun: boolean;
}

export interface ChildOptions {
  readonly sandbox: Sandbox;
  readonly limits: RunLimits;
  /** Makes an empty folder on this machine for what the process reads; it is removed in the end. */
  readonly makeFolder: () => string;
  /** The one that it sees. What it serves first must have taken it; until then it does no work on it. */
  readonly gpu?: Gpu | null;
}

/** Longer than what a hundred thousand images need. */
const longestMessage = 16 * 1024 * 1024;

/**
 * Starts the process that runs the model. It gets itself ready before it is asked for anything.
 *
 * @throws the file system's error where the folder can't be made
 */
export function startChild({ sandbox, limits, makeFolder, gpu = null }: ChildOptions): Child {
  const folder = makeFolder();
  const [bundleDirectory, imagesDirectory] = [join(folder, 'bundle'), join(folder, 'images')];
  for (const path of [bundleDirectory, imagesDirectory]) mkdirSync(path);
  const { argv, mounts, bundleFolder, imagesFolder } = describeRunner(
    sandbox.kind,
    bundleDirectory,
    imagesDirectory,
    gpu,
  );
  const running = sandbox.start({ argv, mounts, limits, gpu, image: null });
  let listener: ChildListener | null = null;
  let hasBegun = false;
  let adapter: string | null = null;
  const unheard: string[] = [];
  const hear = (line: string) => (listener ? listener.onLog(line) : void unheard.push(line));
  readLog(running.stderr, limits.logSizeBytes, hear, () => {
    const { code, detail = '' } = logExceeded(limits.logSizeBytes);
    listener?.onMessage({ kind: 'fault', code, detail });
    running.kill();
  });
  readLines(running.stdout, longestMessage, (line) => {
    const message = readMessage(line);
    if (message?.kind === 'ready') {
      // Only the first word can't be a model's.
      if (!hasBegun) adapter = message.adapter;
      hasBegun = true;
    } else if (message) listener?.onMessage(message);
    // Whoever speaks so is not our program any more.
    else running.kill();
  });
  const ended = running.ended.then((end) => ({ ...end, hasBegun }));
  ended.catch(() => {});
  return {
    bundleDirectory,
    imagesDirectory,
    inside: { bundle: bundleFolder, images: imagesFolder },
    gpu,
    adapter: () => adapter,
    listen(next) {
      listener = next;
      for (const line of next ? unheard.splice(0) : []) next?.onLog(line);
    },
    request: (request) => running.stdin.write(`${JSON.stringify(request)}\n`),
    finish: () => running.stdin.end(),
    kill: running.kill,
    readPeakBytes: () => running.usage().peakMemoryBytes,
    ended,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function readMessage(line: string): RunMessage | null {
  try {
    return messageSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
