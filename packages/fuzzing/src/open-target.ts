import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readPeakBytes } from './fuzz-parameters.js';

/** What one input led to. */
export interface Outcome {
  /** `accepted`, or the code of the refusal. */
  readonly code?: string;
  /** What must never happen, in words: a bare error, or a fault of the server. */
  readonly wrong?: string;
  /** Of all threads of the target's process. */
  readonly cpuMilliseconds: number;
}

/** A process that is given input after input. */
export interface FuzzTarget {
  /**
   * Tries one input.
   *
   * @returns `accepted`, or the code by which it was refused
   * @throws Error where it threw anything else, called it the server's fault, did not end in time, took more memory than
   *   it may, in a new process too, or brought its process down; the next input gets a new process
   */
  give(input: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

interface TargetOptions {
  /** The compiled module with `tryInput`, as a `file:` address. */
  readonly module: string;
  /** How much more resident memory than after the start an input may make the process have. */
  readonly mostGrowthBytes: number;
  /** Of processor time, which does not depend on what else the machine does. */
  readonly mostCpuMilliseconds?: number;
  /** Of the clock: for what waits and computes nothing. */
  readonly deadlineMilliseconds?: number;
}

interface Running {
  readonly child: ChildProcess;
  /** Rejects when it ends. */
  readonly ended: Promise<never>;
  readonly mostBytes: number;
}

const program = fileURLToPath(new URL('../dist/run-target.js', import.meta.url));

/** Starts the target's process with the first input. */
export function openTarget({
  module,
  mostGrowthBytes,
  mostCpuMilliseconds = 10_000,
  deadlineMilliseconds = 60_000,
}: TargetOptions): FuzzTarget {
  let running: Running | null = null;

  async function start(): Promise<Running> {
    const child = fork(program, [module], { serialization: 'advanced', execArgv: ['--max-old-space-size=512'] });
    const ended = failWithEnd(child);
    await Promise.race([once(child, 'message'), ended]);
    return { child, ended, mostBytes: readPeakBytes(child.pid ?? 0) + mostGrowthBytes };
  }

  /** @returns `accepted` or the code of the refusal, and a sentence where the process had more memory than it may */
  async function tryOnce(input: Uint8Array): Promise<{ code: string; excess: string | null }> {
    running ??= await start();
    const { child, mostBytes } = running;
    const outcome = await askChild(running, input, deadlineMilliseconds);
    if (outcome.code === undefined) throw new Error(`The target ${outcome.wrong}`);
    if (outcome.cpuMilliseconds > mostCpuMilliseconds) {
      throw new Error(
        `The target computed for ${outcome.cpuMilliseconds} ms, at most ${mostCpuMilliseconds} are allowed.`,
      );
    }
    const peakBytes = readPeakBytes(child.pid ?? 0);
    const excess = `The target had ${peakBytes} bytes of memory, at most ${mostBytes} are allowed.`;
    return { code: outcome.code, excess: peakBytes > mostBytes ? excess : null };
  }

  return {
    async give(input) {
      try {
        let tried = await tryOnce(input);
        if (tried.excess !== null) {
          // Or is it what hundreds before it have left, and nobody has collected yet? A new process has none of that.
          await this.close();
          tried = await tryOnce(input);
        }
        if (tried.excess !== null) throw new Error(tried.excess);
        return tried.code;
      } catch (error) {
        await this.close();
        throw error;
      }
    },
    async close() {
      const child = running?.child;
      running = null;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function askChild({ child, ended }: Running, input: Uint8Array, deadlineMilliseconds: number): Promise<Outcome> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const timer = setTimeout(() => waiting.abort(), deadlineMilliseconds);
  try {
    child.send(input);
    const [outcome] = await Promise.race([once(child, 'message', { signal }), ended]);
    return outcome as Outcome;
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`The target has not ended after ${deadlineMilliseconds} ms.`, { cause: error });
  } finally {
    clearTimeout(timer);
    // Nothing waits for what did not come.
    waiting.abort();
  }
}

function failWithEnd(child: ChildProcess): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`The target's process ended with ${signal ?? code}.`)));
  });
  // It also ends when it is no longer needed, and nobody waits.
  ended.catch(() => {});
  return ended;
}
