import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { HoldoutError } from '@holdout/contracts';
import type { Gpu } from '../../gpus/gpu.js';
import { readProcessTree } from '../limits/read-process-tree.js';
import { watchUsage } from '../limits/watch-usage.js';
import { nameSystem } from '../name-system.js';
import { readExit } from '../read-exit.js';
import { refuseStart } from '../refuse-start.js';
import type { Sandbox, SandboxEnd, SandboxedProcess, SandboxedProgram } from '../sandbox.js';

const setpriv = '/usr/bin/setpriv';

/**
 * No sandbox at all, for development on machines that have none: models run in a process with nothing but a limit of
 * memory and of CPU time around it. A team's own program is never run so.
 */
export function createUnprotectedRunner(): Sandbox {
  return {
    kind: 'none',
    enforcedBy: 'a look twenty times a second',
    system: nameSystem(),
    mayWait: true,
    start: (program) => (program.mounts.length > 0 ? refuse() : launch(program)),
    async removeAbandoned() {},
  };
}

/** Only our own program for models can do without folders that are shown to it. */
function refuse(): SandboxedProcess {
  const detail = 'This worker has no sandbox, and runs no program of a team without one.';
  return refuseStart(new HoldoutError('engine_unavailable', { detail }));
}

/** All GPUs are in sight here. Of NVIDIA's it is told the one that it has; of others it may take another. */
function hideOtherGpus(gpu: Gpu | null): Record<string, string> {
  return gpu?.uuid ? { CUDA_VISIBLE_DEVICES: gpu.uuid } : {};
}

/** On Linux the kernel ends it when we die, however we die. */
function launch({ argv: program, limits, gpu }: SandboxedProgram): SandboxedProcess {
  const [file = '', ...argv] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--', ...program] : program;
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', ...gpu?.environment, ...hideOtherGpus(gpu) };
  const child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'pipe'], env, detached: true });
  const { pid = -1, stdin, stdout, stderr } = child;
  const kill = () => {
    try {
      if (pid > 0) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  let exceeded: SandboxEnd['exceeded'] = null;
  const watch = watchUsage(
    () => readProcessTree(pid),
    limits,
    (what) => {
      exceeded = what;
      kill();
    },
  );
  const ended = new Promise<SandboxEnd>((done, fail) => {
    child.once('error', (cause) => fail(new HoldoutError('sandbox_unavailable', { cause })));
    // Whoever it may have started goes with it, so that no one holds its pipes open.
    child.once('exit', kill);
    child.once('close', (exitCode, signal) => {
      const exit = signal === null ? readExit(exitCode) : { exitCode: null, signal };
      done({ ...exit, killedFromOutside: signal === 'SIGKILL', exceeded, usage: watch.usage() });
    });
  }).finally(() => watch.stop());
  ended.catch(() => {});
  stdin.on('error', () => {});
  return { stdin, stdout, stderr, kill, usage: watch.usage, ended };
}
