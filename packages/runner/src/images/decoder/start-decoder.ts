import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { HoldoutError } from '@holdout/contracts';
import type { PixelFormat } from '../pixel-format.js';
import type { DecoderAnswer, DecoderRequest, NumberedRequest } from './decoder-protocol.js';

/** A process that decodes images into files. One that has ended is started again by the next request. */
export interface Decoder {
  /** How many requests keep it busy. */
  readonly concurrency: number;
  /**
   * Writes an image's pixels into a file that is there, from `offset` on.
   *
   * @throws ImageUnreadable; HoldoutError `runner_killed` where the process ended; the file system's error
   */
  decode(source: string, target: string, offset: number, format: PixelFormat): Promise<void>;
  /** Puts a file's digest behind its `bytes`, and all of it onto the disk. */
  seal(target: string, bytes: number): Promise<void>;
  /** Whether a sealed file is as it was. */
  isWhole(target: string, bytes: number): Promise<boolean>;
  /** Which libraries it decodes by. */
  version(): Promise<string>;
  /** How many images it was asked to decode. */
  countDecoded(): number;
  close(): Promise<void>;
}

/** An image of ours that could not be decoded: not the bundle's fault. */
export class ImageUnreadable extends Error {
  override readonly name = 'ImageUnreadable';
}

const program = fileURLToPath(new URL('../../../dist/images/decoder/main.js', import.meta.url));
/** One more than cores: while one image is written, another is decoded. */
const concurrency = availableParallelism() + 1;

interface Waiting {
  answer(result: DecoderAnswer['result']): void;
  fail(error: unknown): void;
}

export function startDecoder(): Decoder {
  const waiting = new Map<number, Waiting>();
  let running: ChildProcess | null = null;
  let asked = 0;
  let decoded = 0;

  const start = (): ChildProcess => {
    const env = { PATH: process.env.PATH, UV_THREADPOOL_SIZE: String(Math.max(4, concurrency)) };
    const started = fork(program, { execArgv: [], env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    started.on('message', (message: DecoderAnswer) => {
      const { answer, fail } = take(message.id);
      if (message.error) fail(toError(message.error));
      else answer(message.result);
    });
    const lose = (cause?: unknown) => {
      if (running === started) running = null;
      for (const id of [...waiting.keys()]) take(id).fail(new HoldoutError('runner_killed', { cause }));
    };
    started.once('error', lose);
    started.once('exit', (code, signal) => lose(new Error(`The decoding process ended by ${signal ?? code}.`)));
    // Who waits for an answer keeps us awake; a process that waits for work does not.
    started.unref();
    return started;
  };
  const take = (id: number): Waiting => {
    const found = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) running?.channel?.unref();
    return found ?? { answer() {}, fail() {} };
  };
  const ask = (request: DecoderRequest): Promise<DecoderAnswer['result']> =>
    new Promise((answer, fail) => {
      running ??= start();
      asked += 1;
      const numbered: NumberedRequest = { ...request, id: asked };
      waiting.set(asked, { answer, fail });
      running.channel?.ref();
      // One that can't be sent to has ended, and says so.
      running.send(numbered, () => {});
    });
  let known: Promise<string> | null = null;
  const version = (): Promise<string> => {
    known ??= ask({ kind: 'version' }).then(String);
    known.catch(() => (known = null));
    return known;
  };
  // At once: it takes a moment until it answers.
  version().catch(() => {});

  return {
    concurrency,
    async decode(source, target, offset, format) {
      decoded += 1;
      await ask({ kind: 'decode', source, target, offset, format });
    },
    async seal(target, bytes) {
      await ask({ kind: 'seal', target, bytes });
    },
    isWhole: async (target, bytes) => (await ask({ kind: 'verify', target, bytes })) === true,
    version,
    countDecoded: () => decoded,
    async close() {
      const ending = running;
      if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = once(ending, 'exit');
      ending.ref();
      ending.disconnect();
      await ended;
    },
  };
}

function toError({ kind, message, code }: NonNullable<DecoderAnswer['error']>): Error {
  return kind === 'image' ? new ImageUnreadable(message) : Object.assign(new Error(message), { code });
}
