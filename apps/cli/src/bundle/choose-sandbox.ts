import type { ResolvedManifest } from '@holdout/contracts';
import {
  type ContainerVariables,
  createSandbox,
  demandSandbox,
  readContainerOptions,
  type Sandbox,
} from '@holdout/runner';
import { CommandError } from '../command-error.js';
import type { Environment } from '../config.js';

/**
 * The sandbox that a bundle is tried in on this machine: bubblewrap, as on a server; a container for a bundle that names
 * its image; none for a model where `HOLDOUT_SANDBOX=none` asks for that.
 *
 * @param say - is told where a model does without
 * @throws CommandError `sandbox_missing` where it does not work
 */
export async function chooseSandbox(
  manifest: ResolvedManifest,
  { containers, mayDoWithoutSandbox }: Pick<Environment, 'containers' | 'mayDoWithoutSandbox'>,
  say: (line: string) => void,
): Promise<Sandbox> {
  if (manifest.engine === 'command' && manifest.image !== null) return await openContainers(manifest.image, containers);
  if (manifest.engine !== 'command' && mayDoWithoutSandbox) {
    say('HOLDOUT_SANDBOX=none: the model runs without a sandbox.');
    return await createSandbox({ kind: 'none' });
  }
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  try {
    await demandSandbox(sandbox);
    return sandbox;
  } catch (cause) {
    const without =
      manifest.engine === 'command' ? '' : ' A model of your own may also run without: HOLDOUT_SANDBOX=none.';
    throw new CommandError({
      code: 'sandbox_missing',
      title: 'A bundle is tried in a sandbox, and bubblewrap does not work on this machine.',
      next: `Install it (on Debian: apt-get install bubblewrap), or submit the bundle: the server checks it as well.${without}`,
      cause,
    });
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
