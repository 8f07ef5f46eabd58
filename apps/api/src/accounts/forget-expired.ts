import { type Database, deleteExpired } from '@holdout/db';
import type { FastifyBaseLogger } from 'fastify';

const everyMilliseconds = 60 * 60 * 1000;

/**
 * Deletes what is over now and every hour, for as long as the process lives.
 *
 * @returns a function that stops it, and waits for the round under way
 */
export function startForgetting(database: Database, logger: FastifyBaseLogger): () => Promise<void> {
  const forget = () =>
    deleteExpired(database).catch((error: unknown) => logger.warn({ err: error }, 'what is over could not be deleted'));
  let round = forget();
  const timer = setInterval(() => {
    round = round.then(forget);
  }, everyMilliseconds);
  return async () => {
    clearInterval(timer);
    await round;
  };
}
