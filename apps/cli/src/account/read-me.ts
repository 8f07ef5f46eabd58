import { HoldoutError, type Me, meSchema } from '@holdout/contracts';
import type { ServerConfig } from '../config.js';
import { requestJson } from '../server/request.js';

/**
 * Who the server takes the caller for.
 *
 * @throws HoldoutError `token_missing` where there is no token to be known by
 */
export async function readMe(config: ServerConfig, signal: AbortSignal): Promise<Me> {
  if (!config.token) throw new HoldoutError('token_missing');
  return await requestJson(config, { path: '/api/me', schema: meSchema, signal });
}
