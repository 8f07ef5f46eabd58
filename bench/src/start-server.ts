import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@holdout/local-postgres';

/** A whole Holdout as `npm start` runs it, idle when this is returned. */
export interface RunningServer {
  readonly address: string;
  readonly token: string;
  /** Of the process that starts all others. */
  readonly pid: number;
  /** What the evaluating worker said in its log of each of a submission's runs: each stage, and before it one study alone. */
  readRuns(submissionId: string): Promise<RunLog[]>;
  /** The most memory that it saw a submission's bundle use. */
  readBundlePeakBytes(submissionId: string): Promise<number>;
  /** The evaluating worker's peak of resident memory, without the processes it starts. */
  workerPeakBytes(): number;
  stop(): Promise<void>;
}

interface RunLog {
  readonly stage: 'checking' | 'running';
  readonly inferenceSeconds: number;
  readonly totalSeconds: number;
}

const startTimeoutMilliseconds = 10 * 60 * 1000;

/** Starts the standalone in `directory` and waits until its demo submissions have been scored. */
export async function startServer(
  directory: string,
  say: (line: string) => void,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const port = await findFreePort();
  const program = fileURLToPath(new URL('../../apps/standalone/bin/start.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, '--port', String(port), '--data', directory], {
    env: { ...process.env, ...environment },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  say('starting a server, and waiting for its demo submissions');
  const deadline = Date.now() + startTimeoutMilliseconds;
  while (!output.includes('Ctrl-C')) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The server did not start:\n${output}`);
    await sleep(200);
  }
  return {
    address: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    token: /HOLDOUT_TOKEN=(\S+)/.exec(output)?.[1] ?? '',
    async readRuns(submissionId) {
      const messages = ['stage run', 'one study run'];
      return (await Promise.all(messages.map((each) => readLog<RunLog>(directory, submissionId, each)))).flat();
    },
    async readBundlePeakBytes(submissionId) {
      const [line] = await readLog<{ peakMemoryBytes: number }>(directory, submissionId, 'bundle closed');
      return line?.peakMemoryBytes ?? Number.NaN;
    },
    workerPeakBytes: () => readPeakBytes(findChild(child.pid ?? 0, 'evaluate.js')),
    async stop() {
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** What the worker said of a submission in lines with this message. */
async function readLog<Line>(directory: string, submissionId: string, message: string): Promise<Line[]> {
  const lines = (await readFile(join(directory, 'holdout.log'), 'utf8')).split('\n');
  return lines
    .filter((line) => line.includes(submissionId) && line.includes(`"${message}"`))
    .map((line) => JSON.parse(line));
}

function findChild(parent: number, program: string): number {
  const found = readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const isChild = readFileSync(`/proc/${entry}/status`, 'utf8').includes(`PPid:\t${parent}\n`);
      return isChild && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(program);
    } catch {
      return false;
    }
  });
  if (!found) throw new Error(`The server has no process ${program}.`);
  return Number(found);
}

function readPeakBytes(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}
