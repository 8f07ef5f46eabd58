import { isFinalState, type QueuePlace } from '@holdout/contracts';
import { type Database, listRecentDurations, readQueueAhead, type SubmissionRecord } from '@holdout/db';
import { estimateWait } from './estimate-wait.js';

/** Where a submission stands now, by what Postgres knows: no worker is asked. */
export async function readQueuePlace(
  database: Database,
  { evaluationId, state }: SubmissionRecord,
): Promise<QueuePlace> {
  const queue = await readQueueAhead(database, evaluationId);
  const versions = new Set([queue, ...queue.ahead, ...queue.underWay].map((each) => each.testSetVersionId));
  const durations = await listRecentDurations(database, [...versions]);
  const wait = isFinalState(state) ? { untilStart: null, untilEnd: null } : estimateWait(queue, durations);
  return {
    place: state === 'queued' ? 1 + queue.ahead.reduce((sum, { count }) => sum + count, 0) : null,
    hardware: queue.hardware,
    workers: queue.workers,
    underWay: queue.underWay.length,
    ...wait,
    measured: durations.get(queue.testSetVersionId)?.length ?? 0,
  };
}
