import { queuePlaceSchema } from '@holdout/contracts';
import type { ServerConfig } from '../config.js';
import { requestJson } from '../server/request.js';
import type { Output } from '../terminal/output.js';

/** Says where a submission stands that waits, and where no worker is there that could take it. */
export async function sayQueuePlace(
  config: ServerConfig,
  id: string,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const path = `/api/submissions/${encodeURIComponent(id)}/queue`;
  const { place, hardware, workers, underWay } = await requestJson(config, { path, schema: queuePlaceSchema, signal });
  if (place === null) return;
  output.say(`Place ${place} in the queue for ${hardware}; ${underWay} under way.`);
  if (workers === 0 && underWay === 0) {
    output.say(`No worker for ${hardware} is there now. It is kept, and begins as soon as one is there.`);
  }
}
