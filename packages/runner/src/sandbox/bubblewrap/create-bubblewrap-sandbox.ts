import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { HoldoutError } from '@holdout/contracts';
import { type ControlGroup, openControlGroups } from '../limits/control-groups.js';
import { readProcessTree } from '../limits/read-process-tree.js';
import { watchUsage } from '../limits/watch-usage.js';
import { nameSystem } from '../name-system.js';
import { readExit } from '../read-exit.js';
import { refuseStart } from '../refuse-start.js';
import type { Sandbox, SandboxEnd, SandboxedProcess, SandboxedProgram } from '../sandbox.js';
import { uncountedSyscalls } from '../seccomp/allowed-syscalls.js';
import { buildSeccompFilter } from '../seccomp/build-filter.js';
import { descriptors, writeCommand } from './write-command.js';

const launchEnvironment = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };

/** Runs programs by bubblewrap, on this machine's own system. */
export function createBubblewrapSandbox({ controlGroups }: { controlGroups: boolean }): Sandbox {
  const groups = controlGroups ? openControlGroups() : null;
  const refused = groups ? [] : uncountedSyscalls;
  const filter = buildSeccompFilter(process.arch === 'arm64' ? 'arm64' : 'x64', { refused });
  return {
    kind: 'bubblewrap',
    enforcedBy: groups?.version ?? 'rlimits',
    system: nameSystem(),
    mayWait: true,
    start(program) {
      if (program.image !== null) {
        const detail = 'It names a container image, and this worker runs programs by bubblewrap.';
        return refuseStart(new HoldoutError('engine_unavailable', { detail }));
      }
      try {
        return launch(program, groups?.create(program.limits) ?? null, filter);
      } catch (cause) {
        return refuseStart(new HoldoutError('sandbox_unavailable', { cause }));
      }
    },
    async removeAbandoned() {
      groups?.removeAbandoned();
    },
  };
}

function launch(program: SandboxedProgram, group: ControlGroup | null, filter: Buffer): SandboxedProcess {
  const command = writeCommand(program, group?.entrances ?? []);
  const [file = '', ...argv] = command.argv;
  const child = spawn(file, argv, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: launchEnvironment,
    cwd: '/',
    detached: true,
  });
  feed(child.stdio[descriptors.arguments], `${command.arguments.join('\0')}\0`);
  feed(child.stdio[descriptors.filter], filter);
  const { pid = -1 } = child;
  const kill = () => {
    try {
      // Its first process inside dies with it, and takes all others along.
      if (pid > 0) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  let exceeded: SandboxEnd['exceeded'] = null;
  const read = () => group?.readUsage() ?? readProcessTree(pid);
  const watch = watchUsage(read, program.limits, (what) => {
    exceeded = what;
    kill();
  });
  const closed = new Promise<SandboxEnd>((done, fail) => {
    child.once('error', (cause) => fail(new HoldoutError('sandbox_unavailable', { cause })));
    child.once('close', (exitCode, signal) => {
      watch.stop();
      exceeded ??= group?.findRefusal() ?? null;
      const wantOfMemory = exceeded === null && (group?.countMemoryKills() ?? 0) > 0;
      const exit = signal === null ? readExit(exitCode) : { exitCode: null, signal };
      done({ ...exit, killedFromOutside: signal !== null || wantOfMemory, exceeded, usage: watch.usage() });
    });
  });
  const ended = closed.finally(async () => {
    watch.stop();
    await group?.remove();
  });
  // Whoever waits for the end hears of it; a program that nobody waits for must not end this process.
  ended.catch(() => {});
  const { stdin, stdout, stderr } = child;
  stdin?.on('error', () => {});
  const streams = { stdin: stdin as Writable, stdout: stdout as Readable, stderr: stderr as Readable };
  return { ...streams, kill, usage: watch.usage, ended };
}

function feed(pipe: unknown, bytes: string | Buffer): void {
  const writable = pipe as Writable;
  // Where it could not be started at all, its end says so.
  writable.on('error', () => {});
  writable.end(bytes);
}
