import { PassThrough, Readable } from 'node:stream';
import type { HoldoutError } from '@holdout/contracts';
import type { SandboxedProcess } from './sandbox.js';

/** A program that could not be started: its streams are at their end, and `ended` says why. */
export function refuseStart(reason: HoldoutError): SandboxedProcess {
  const ended = Promise.reject(reason);
  ended.catch(() => {});
  return { stdin: new PassThrough().resume(), stdout: Readable.from([]), stderr: Readable.from([]), kill() {}, ended };
}
