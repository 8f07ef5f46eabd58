import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that is kept running. */
interface Program {
  /** What people call it: “api”, “evaluating worker”. */
  name: string;
  /** The compiled module that Node runs. */
  module: string;
  environment: NodeJS.ProcessEnv;
}

export interface Supervised {
  /** The process that runs now. */
  pid(): number | undefined;
  /** SIGTERM, and SIGKILL for what has not ended by then. */
  stop(): Promise<void>;
}

const setpriv = '/usr/bin/setpriv';
const stopTimeoutMilliseconds = 10_000;
const longestPauseMilliseconds = 15_000;
/** After this long without an end, a program counts as healthy again. */
const healthyAfterMilliseconds = 30_000;

/**
 * Starts a program and starts it again whenever it ends, after a pause that grows while it keeps ending at once.
 * Each end is said through `say`; the program's own output goes to `onLine`.
 */
export function supervise(
  program: Program,
  say: (sentence: string) => void,
  onLine: (line: string) => void,
): Supervised {
  let child: ChildProcess | undefined;
  let pause = 250;
  const stopping = new AbortController();
  const finished = keepRunning();

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      child = startProcess(program, onLine);
      const end = await waitForEnd(child);
      if (stopping.signal.aborted) return;
      pause =
        performance.now() - startedAt > healthyAfterMilliseconds ? 250 : Math.min(pause * 2, longestPauseMilliseconds);
      say(`The ${program.name} ended (${end}) and is started again.`);
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  return {
    pid: () => child?.pid,
    async stop() {
      stopping.abort();
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), stopTimeoutMilliseconds);
      await finished;
      clearTimeout(timer);
    },
  };
}

/**
 * A process group of its own, so that Ctrl-C on the terminal reaches only us and we decide the order of the end.
 * On Linux the kernel ends it when we die, however we die.
 */
function startProcess(program: Program, onLine: (line: string) => void): ChildProcess {
  const node = [process.execPath, program.module];
  const [command = '', ...argv] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', '--', ...node] : node;
  const child = spawn(command, argv, { env: program.environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
  return child;
}

function waitForEnd(child: ChildProcess): Promise<string> {
  return new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}
