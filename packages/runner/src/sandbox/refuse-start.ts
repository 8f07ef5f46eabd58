import { PassThrough, Readable } from 'node:stream';
import type { HoldoutError } from '@holdout/contracts';
import type { SandboxedProcess } from './sandbox.js';

/** A program that could not be started: its streams are at their end, and `ended` says why. */
export function refuseStart(reason: HoldoutError): SandboxedProcess {
  const ended = Promise.reject(reason);
  ended.catch(() => {});
  const usage = () => ({ peakMemoryBytes: 0, cpuSeconds: 0, peakProcesses: 0 });
  const [stdin, stdout, stderr] = [new PassThrough().resume(), Readable.from([]), Readable.from([])];
  return { stdin, stdout, stderr, kill() {}, usage, ended };
}
