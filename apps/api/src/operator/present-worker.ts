import type { QueueReport, Worker } from '@holdout/contracts';
import type { QueueRecord, WorkerRecord } from '@holdout/db';

/** What operators see of a worker. */
export function presentWorker({ id, name, kind, machine, mode, alive, description, ...worker }: WorkerRecord): Worker {
  const { sandbox, processor, cores, memoryBytes, gpuDevices, node, engines } = description;
  return {
    ...{ id, name, kind, machine, mode, alive },
    description: { sandbox, processor, cores, memoryBytes, gpuDevices, node, engines },
    serves: [...worker.serves],
    startedAt: worker.startedAt.toISOString(),
    lastSeenAt: worker.lastSeenAt.toISOString(),
    work: worker.work.map((work) => ({
      submissionId: work.submissionId,
      competition: work.competition,
      name: work.name,
      team: work.team,
      state: work.state,
      since: work.since.toISOString(),
      imagesDone: work.imagesDone,
      imagesTotal: work.imagesTotal,
    })),
  };
}

/** What operators see of a queue. */
export function presentQueue({ stuck, oldestSince, ...queue }: QueueRecord): QueueReport {
  const { kind, hardware, workers, waiting, underWay, retried, mostAttempts } = queue;
  return {
    ...{ kind, hardware, workers, waiting, underWay, retried, mostAttempts },
    oldestSince: oldestSince?.toISOString() ?? null,
    stuck: stuck.map(({ evaluationId, submissionId, competition, name, state, attempts, since }) => ({
      ...{ evaluationId, submissionId, competition, name, state, attempts },
      since: since.toISOString(),
    })),
  };
}
