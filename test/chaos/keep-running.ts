import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

interface Program {
  readonly name: string;
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** What it prints is added to this file. */
  readonly log: string;
}

/** A program that is started again whenever it ends, as systemd or an orchestrator would. */
export interface KeptProgram {
  readonly name: string;
  pid(): number | undefined;
  /** So often it has ended without being told to. */
  ends(): number;
  /** @returns whether there was a process to hear it */
  signal(name: NodeJS.Signals): boolean;
  /** SIGKILL, and waits until it is dead. @returns whether it was this that ended it: between two lives there is nothing to kill */
  kill(): Promise<boolean>;
  /** SIGTERM, and waits; it is started again then. @returns null where there was none, else whether it ended by itself */
  drain(): Promise<boolean | null>;
  /** SIGTERM, and waits. @returns whether it ended by itself */
  stop(): Promise<boolean>;
}

const pauseMilliseconds = 300;
const stopMilliseconds = 60_000;

export function keepRunning({ name, argv, environment, log }: Program): KeptProgram {
  const stopping = new AbortController();
  let child: ChildProcess;
  let ends = 0;
  const finished = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      child = start();
      await new Promise((done) => child.once('error', done).once('close', done));
      if (stopping.signal.aborted) return;
      ends += 1;
      await sleep(pauseMilliseconds, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  function start(): ChildProcess {
    // The kernel ends it with us, however we end.
    const [command = '', ...words] = ['setpriv', '--pdeathsig', 'KILL', '--', ...argv];
    const started = spawn(command, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const file = createWriteStream(log, { flags: 'a' });
    started.stdout?.pipe(file, { end: false });
    started.stderr?.pipe(file, { end: false });
    started.once('close', () => file.end());
    return started;
  }

  return {
    name,
    pid: () => child.pid,
    ends: () => ends,
    signal: (name) => isAlive(child) && child.kill(name),
    async kill() {
      const victim = child;
      if (!isAlive(victim)) return false;
      const ended = once(victim, 'exit');
      victim.kill('SIGKILL');
      await ended;
      return victim.signalCode === 'SIGKILL';
    },
    async drain() {
      const drained = child;
      return isAlive(drained) ? await terminate(drained, once(drained, 'exit')) : null;
    },
    async stop() {
      stopping.abort();
      return await terminate(child, finished);
    },
  };
}

function isAlive({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** @returns whether it ended by itself */
async function terminate(child: ChildProcess, ended: Promise<unknown>): Promise<boolean> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMilliseconds);
  await ended;
  clearTimeout(timer);
  return child.signalCode !== 'SIGKILL';
}
