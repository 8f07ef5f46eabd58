import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { messageSchema, type RunMessage, type RunRequest } from './protocol.js';

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface ChildListener {
  onMessage(message: RunMessage): void;
  onLog(line: string): void;
}

export interface Child {
  readonly pid: number;
  /** Names who hears it from now on. Log lines that nobody has heard are kept, and come first. */
  listen(listener: ChildListener | null): void;
  request(request: RunRequest): void;
  /** Tells it that nothing more will be asked; it ends by itself. */
  finish(): void;
  /** Kills the whole process group at once. */
  readonly kill: () => void;
  /** Rejected where it could not be started. */
  readonly ended: Promise<ChildEnd>;
}

const program = fileURLToPath(new URL('../dist/child/main.js', import.meta.url));
const setpriv = '/usr/bin/setpriv';
const longestLine = 2000;
const mostLines = 5000;

/**
 * Starts the process that runs the model: a process group of its own, an environment with nothing of ours in it, and
 * on Linux a kernel that ends it when we die, however we die. It gets itself ready before it is asked for anything.
 */
export function startChild(): Child {
  const node = [process.execPath, program];
  const [command = '', ...argv] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--', ...node] : node;
  const child = spawn(command, argv, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
    detached: true,
  });
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  let listener: ChildListener | null = null;
  const unheard: string[] = [];
  const log = limitLines((line) => (listener ? listener.onLog(line) : unheard.push(line)));
  if (child.stdout) readLines(child.stdout, log);
  if (child.stderr) readLines(child.stderr, log);
  readLines(child.stdio[3] as Readable, (line) => listener?.onMessage(messageSchema.parse(JSON.parse(line))));
  child.stdin?.on('error', () => {});
  const ended = new Promise<ChildEnd>((done, fail) => {
    child.once('error', fail);
    child.once('close', (exitCode, signal) => done({ exitCode, signal }));
    // Whoever it may have started goes with it, so that no one holds its pipes open.
    child.once('exit', kill);
  });
  // Whoever waits for the end hears of it; a process that nobody waits for must not end ours.
  ended.catch(() => {});
  return {
    pid: child.pid ?? -1,
    listen(next) {
      listener = next;
      for (const line of next ? unheard.splice(0) : []) next?.onLog(line);
    },
    request: (request) => child.stdin?.write(`${JSON.stringify(request)}\n`),
    finish: () => child.stdin?.end(),
    kill,
    ended,
  };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => rest !== '' && onLine(rest));
}

/** A log can't fill our memory or the team's screen. */
function limitLines(onLog: (line: string) => unknown): (line: string) => void {
  let count = 0;
  return (line) => {
    count += 1;
    if (count < mostLines) onLog(line.length > longestLine ? `${line.slice(0, longestLine)} …` : line);
    else if (count === mostLines) onLog(`The log ends here, after ${mostLines} lines.`);
  };
}
