import { createBubblewrapSandbox } from './bubblewrap/create-bubblewrap-sandbox.js';
import type { ContainerOptions } from './container/container-options.js';
import { createContainerSandbox } from './container/create-container-sandbox.js';
import { createUnprotectedRunner } from './none/create-unprotected-runner.js';
import type { Sandbox, SandboxKind } from './sandbox.js';

interface SandboxOptions {
  readonly kind: SandboxKind;
  /** Whether limits may be kept by control groups, where this machine lets us make them. */
  readonly controlGroups?: boolean;
  /** For `container`. */
  readonly container?: ContainerOptions | undefined;
}

/**
 * The sandbox of a kind; whether it works on this machine, `demandSandbox` tells.
 *
 * @throws RangeError where a container is asked for and nobody said by what
 */
export async function createSandbox({ kind, controlGroups = true, container }: SandboxOptions): Promise<Sandbox> {
  if (kind === 'container') {
    if (!container) throw new RangeError('A sandbox of containers needs an engine and an image.');
    return createContainerSandbox(container);
  }
  if (kind === 'bubblewrap') return createBubblewrapSandbox({ controlGroups });
  return createUnprotectedRunner();
}
