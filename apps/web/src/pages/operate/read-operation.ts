import type { WorkerMode } from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { apiPath, bySchema, request } from '../../api/request.js';

const workers = bySchema(({ workerListSchema }) => workerListSchema);
const worker = bySchema(({ workerSchema }) => workerSchema);
const queues = bySchema(({ queueListSchema }) => queueListSchema);
const installation = bySchema(({ installationSchema }) => installationSchema);

/** As often as workers say that they are there. */
const watchMilliseconds = 2000;
const installationMilliseconds = 60_000;

export const workersQuery = queryOptions({
  queryKey: ['operate', 'workers'],
  queryFn: async ({ signal }) => (await request(apiPath('operator', 'workers'), workers, { signal })).workers,
  refetchInterval: watchMilliseconds,
});

export const queuesQuery = queryOptions({
  queryKey: ['operate', 'queues'],
  queryFn: async ({ signal }) => (await request(apiPath('operator', 'queues'), queues, { signal })).queues,
  refetchInterval: watchMilliseconds,
});

export const installationQuery = queryOptions({
  queryKey: ['operate', 'installation'],
  queryFn: ({ signal }) => request(apiPath('operator', 'installation'), installation, { signal }),
  refetchInterval: installationMilliseconds,
});

export function setWorkerMode(id: string, mode: WorkerMode) {
  return request(apiPath('operator', 'workers', id, 'mode'), worker, { method: 'PUT', body: { mode } });
}
