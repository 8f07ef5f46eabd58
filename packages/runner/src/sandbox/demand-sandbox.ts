import { defaultRunLimits } from '@holdout/contracts';
import type { Sandbox } from './sandbox.js';

/**
 * Runs a program that does nothing, so that a worker whose sandbox does not work says so at its start.
 *
 * @throws Error that says what is missing and what to do
 */
export async function demandSandbox(sandbox: Sandbox): Promise<void> {
  if (sandbox.kind === 'none') return;
  const words: string[] = [];
  const running = sandbox.start({
    argv: ['/bin/sh', '-c', 'exit 0'],
    mounts: [],
    limits: defaultRunLimits,
    gpu: null,
    image: null,
  });
  running.stdin.end();
  running.stdout.resume();
  running.stderr.on('data', (chunk: Buffer) => words.push(String(chunk)));
  const why = await running.ended.then(
    ({ exitCode, signal }) => (exitCode === 0 ? null : words.join('').trim() || `it ended with ${signal ?? exitCode}`),
    (error: unknown) => (error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)),
  );
  if (why === null) return;
  throw new Error(`The sandbox “${sandbox.kind}” does not work on this machine: ${why}\n${advice[sandbox.kind]}`);
}

const advice = {
  bubblewrap:
    'bubblewrap is Debian’s package of that name (apt-get install bubblewrap util-linux mount). It needs user\n' +
    'namespaces, which some systems and most containers forbid. For development only: HOLDOUT_SANDBOX=none.',
  container:
    'It needs podman or docker, allowed to the account of the worker, and the image of HOLDOUT_CONTAINER_IMAGE on this\n' +
    'machine, with a /bin/sh in it. HOLDOUT_CONTAINER_ENGINE and HOLDOUT_CONTAINER_RUNTIME choose another engine.',
} as const;
