import { HoldoutError } from '@holdout/contracts';
import pLimit from 'p-limit';

/**
 * Of the process: scrypt takes a thread of Node's four, and better-auth keeps a connection of the pool while it hashes the
 * password of who signs up. Files and other requests need some of both.
 */
const limit = pLimit(3);
/** About as many as are answered while a person still waits, on a machine that is busy. */
const mostWaiting = 40;
const retryAfterSeconds = 5;

/**
 * Answers a request that hashes a password when its turn has come.
 *
 * @throws HoldoutError `server_busy` where too many wait
 */
export async function queuePassword<T>(answer: () => Promise<T>): Promise<T> {
  if (limit.pendingCount >= mostWaiting) throw new HoldoutError('server_busy', { retryAfterSeconds });
  return await limit(answer);
}
