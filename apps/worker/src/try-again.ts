import { setTimeout as sleep } from 'node:timers/promises';
import type { Storage } from '@holdout/storage';
import type { WorkerConfig } from './config.js';

/** How work is handed back that something of ours kept from being done. */
export interface Terms {
  readonly costsAttempt: boolean;
  readonly waitSeconds: number;
}

/** Who is asked whether it is well, and says nothing for so long, is not. */
const silenceMilliseconds = 10_000;
/**
 * What is wrong with one blob, or with this machine's disk, is given longer each time: a minute, then eight. That is less than
 * the ten after which an alert says that nobody holds it.
 */
const longerEachTime = 10;

/**
 * Decides when something is tried again, and whether that counts. A storage that is away as a whole would spend the attempts
 * of all that waits within a minute: each waits until it is back. Where only one blob can't be read, or only a folder of this
 * machine, it would go on like that for ever: the attempt counts.
 *
 * @param attempts - of this work, with the one that just ended
 */
export async function decideTerms(
  { storage, config }: { storage: Storage; config: WorkerConfig },
  { code, attempts }: { code: string; attempts: number },
): Promise<Terms> {
  const { reconcileSeconds, maxAttempts } = config;
  if (code !== 'storage_unavailable') return { costsAttempt: true, waitSeconds: reconcileSeconds };
  if (await isAway(storage)) return { costsAttempt: false, waitSeconds: reconcileSeconds };
  // After the last one it ends, which nobody needs to wait for.
  const waitSeconds = attempts < maxAttempts ? reconcileSeconds * longerEachTime ** attempts : 0;
  return { costsAttempt: true, waitSeconds };
}

async function isAway(storage: Storage): Promise<boolean> {
  const answers = storage.health().then(
    () => true,
    () => false,
  );
  const isSilent = sleep(silenceMilliseconds, false, { ref: false });
  return !(await Promise.race([answers, isSilent]));
}
