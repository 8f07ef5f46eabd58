import { readHardware } from '@holdout/db';
import type { FastifyBaseLogger } from 'fastify';
import type { RouteParts } from './app.js';

/** Rings for evaluations that were queued. What can't be rung now is found by idle workers, and rung again by reconcile. */
export async function ringEvaluations(
  { database, queue }: Pick<RouteParts, 'database' | 'queue'>,
  ids: readonly string[],
  log: FastifyBaseLogger,
): Promise<void> {
  try {
    const rings = [...(await readHardware(database, ids))].map(([evaluationId, hardware]) =>
      queue.enqueueEvaluation({ evaluationId }, hardware),
    );
    await Promise.all(rings);
  } catch (error) {
    log.warn(
      { err: error, evaluations: ids.length },
      'not rung: the submission stays queued, for an idle worker or reconcile to find',
    );
  }
}
