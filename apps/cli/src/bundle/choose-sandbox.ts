import type { ResolvedManifest } from '@holdout/contracts';
import { createSandbox, demandSandbox, type Sandbox } from '@holdout/runner';
import { CommandError } from '../command-error.js';

/**
 * The sandbox that a bundle is tried in on this machine: bubblewrap, as on a server, where it works.
 *
 * @param say - is told where a model has to do without
 * @throws CommandError `sandbox_missing` where a program of its own would have to
 */
export async function chooseSandbox({ engine }: ResolvedManifest, say: (line: string) => void): Promise<Sandbox> {
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  try {
    await demandSandbox(sandbox);
    return sandbox;
  } catch (cause) {
    if (engine === 'command') {
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
