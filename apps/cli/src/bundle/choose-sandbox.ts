import type { ResolvedManifest } from '@holdout/contracts';
import {
  type ContainerVariables,
  createSandbox,
  demandSandbox,
  readContainerOptions,
  type Sandbox,
} from '@holdout/runner';
import { CommandError } from '../command-error.js';

/**
 * The sandbox that a bundle is tried in on this machine: bubblewrap, as on a server, where it works; a container for a
 * bundle that names its image.
 *
 * @param say - is told where a model has to do without
 * @throws CommandError `sandbox_missing` where a program of its own would have to
 */
export async function chooseSandbox(
  manifest: ResolvedManifest,
  variables: ContainerVariables,
  say: (line: string) => void,
): Promise<Sandbox> {
  if (manifest.engine === 'command' && manifest.image !== null) return await openContainers(manifest.image, variables);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  try {
    await demandSandbox(sandbox);
    return sandbox;
  } catch (cause) {
    if (manifest.engine === 'command') {
      throw new CommandError({
        code: 'sandbox_missing',
        title: 'A program is tried in a sandbox only, and bubblewrap does not work on this machine.',
        next: 'Install it (on Debian: apt-get install bubblewrap), or submit the bundle: the server checks it as well.',
        cause,
      });
    }
    say('bubblewrap does not work on this machine: the model runs without a sandbox.');
    return await createSandbox({ kind: 'none' });
  }
}

async function openContainers(image: string, variables: ContainerVariables): Promise<Sandbox> {
  try {
    const container = readContainerOptions({ ...variables, HOLDOUT_CONTAINER_IMAGE: image });
    const sandbox = await createSandbox({ kind: 'container', container });
    await demandSandbox(sandbox);
    return sandbox;
  } catch (cause) {
    throw new CommandError({
      code: 'sandbox_missing',
      title: `The bundle names the image ${image}, and no container of it can be started on this machine.`,
      next: `Install podman or docker, and bring the image here: podman pull ${image}`,
      cause,
    });
  }
}
