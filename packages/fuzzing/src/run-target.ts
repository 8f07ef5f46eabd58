import { errorCatalogue, HoldoutError } from '@holdout/contracts';
import type { Outcome } from './open-target.js';

/**
 * The process in which a target runs: a hang ends with it, a crash is seen from outside, and its memory is its own.
 * The module that it is started with exports `tryInput(input: Uint8Array)`, which may refuse by a `HoldoutError`.
 */
const [, , module = ''] = process.argv;
const { tryInput } = (await import(module)) as { tryInput(input: Uint8Array): unknown };

process.on('message', async (input: Uint8Array) => {
  const before = process.cpuUsage();
  const outcome = await runOnce(input);
  const { user, system } = process.cpuUsage(before);
  process.send?.({ ...outcome, cpuMilliseconds: (user + system) / 1000 } satisfies Outcome);
});
process.send?.('ready');

async function runOnce(input: Uint8Array): Promise<Pick<Outcome, 'code' | 'wrong'>> {
  try {
    await tryInput(input);
    return { code: 'accepted' };
  } catch (error) {
    if (!(error instanceof HoldoutError)) return { wrong: `threw ${error instanceof Error ? error.stack : error}` };
    if (errorCatalogue[error.code].fault !== 'server') return { code: error.code };
    return { wrong: `called ${error.code} a fault of the server: ${error.stack}` };
  }
}
