import { countEvaluations, listWorkers, readQueues } from '@holdout/db';
import type { FastifyBaseLogger } from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import type { AppParts } from '../app.js';

/** Several scrapes in this time are answered from one reading of the database. */
const freshMilliseconds = 5_000;

/**
 * Measures the installation as Postgres knows it: what waits, what has ended and why, who works. Each API process says the
 * same of it, so that queries take the maximum of them. What can't be read is left out, and said to be so in
 * `holdout_part_up`: the rest of a scrape is still worth having.
 */
export function measureInstallation(
  parts: Pick<AppParts, 'database' | 'queue' | 'storage' | 'logger'>,
  registry: Registry,
): void {
  const read = keepFresh(() => readInstallation(parts));

  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    list: (found: Installation) => readonly (readonly [Partial<Record<Label, string>>, number])[],
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        for (const [labels, value] of list(await read())) this.set(labels, value);
      },
    });

  gauge('holdout_part_up', 'Whether the database, the queue and the storage answer.', ['part'], ({ up }) =>
    Object.entries(up).map(([part, isUp]) => [{ part }, isUp ? 1 : 0]),
  );
  gauge(
    'holdout_evaluations',
    'Evaluations by state, and by reason where they were rejected or failed.',
    ['state', 'reason'],
    ({ evaluations }) =>
      evaluations.map(({ state, reasonCode, count }) => [{ state, reason: reasonCode ?? '' }, count]),
  );
  const queueGauge = (name: string, help: string, measure: (queue: Installation['queues'][number]) => number) =>
    gauge(name, help, ['kind', 'class'], ({ queues }) =>
      queues.map((queue) => [{ kind: queue.kind, class: queue.hardware ?? '' }, measure(queue)]),
    );
  queueGauge('holdout_queue_waiting', 'Evaluations that wait for a worker.', ({ waiting }) => waiting);
  queueGauge('holdout_queue_oldest_seconds', 'How long the oldest of them has waited.', ({ oldestSince }) =>
    oldestSince ? (Date.now() - oldestSince.getTime()) / 1000 : 0,
  );
  queueGauge('holdout_queue_under_way', 'Evaluations that a worker holds.', ({ underWay }) => underWay);
  queueGauge(
    'holdout_queue_unheld',
    'Evaluations that were begun and that nobody holds now.',
    ({ stuck }) => stuck.length,
  );
  queueGauge(
    'holdout_queue_workers',
    'Workers that take new work of it; one that serves two classes is in both.',
    ({ workers }) => workers,
  );
  gauge(
    'holdout_workers',
    'Workers by mode; `lost` are those that fell silent in the last day.',
    ['kind', 'mode'],
    (found) => countWorkers(found.workers),
  );
  gauge('holdout_storage_free_bytes', 'Room that is left on the disk of the blobs.', [], ({ freeBytes }) =>
    freeBytes === null ? [] : [[{}, freeBytes]],
  );
}

interface Installation {
  up: Record<'database' | 'queue' | 'storage', boolean>;
  evaluations: Awaited<ReturnType<typeof countEvaluations>>;
  queues: Awaited<ReturnType<typeof readQueues>>;
  workers: Awaited<ReturnType<typeof listWorkers>>;
  freeBytes: number | null;
}

async function readInstallation({
  database,
  queue,
  storage,
  logger,
}: Pick<AppParts, 'database' | 'queue' | 'storage' | 'logger'>): Promise<Installation> {
  const answers = async (part: string, ask: () => Promise<unknown>) =>
    await ask().then(
      () => true,
      (error: unknown) => warn(logger, part, error),
    );
  const [known, queueUp, storageUp, room] = await Promise.all([
    Promise.all([countEvaluations(database), readQueues(database), listWorkers(database)]).catch(
      (error: unknown) => warn(logger, 'database', error) || null,
    ),
    answers('queue', () => queue.health()),
    answers('storage', () => storage.health()),
    storage.room?.().catch(() => null),
  ]);
  const [evaluations, queues, workers] = known ?? [[], [], []];
  const up = { database: known !== null, queue: queueUp, storage: storageUp };
  return { up, evaluations, queues, workers, freeBytes: room?.freeBytes ?? null };
}

function warn(logger: FastifyBaseLogger, part: string, error: unknown): false {
  logger.warn({ err: error, part }, 'a part could not be measured');
  return false;
}

function countWorkers(workers: Installation['workers']): [{ kind: string; mode: string }, number][] {
  const counts = new Map<string, [{ kind: string; mode: string }, number]>();
  // Both kinds are named also where there is none: that is what an alert waits for.
  for (const kind of ['evaluating', 'scoring']) counts.set(`${kind} working`, [{ kind, mode: 'working' }, 0]);
  for (const { kind, mode: asked, alive } of workers) {
    const mode = alive ? asked : 'lost';
    const count = counts.get(`${kind} ${mode}`) ?? [{ kind, mode }, 0];
    counts.set(`${kind} ${mode}`, [count[0], count[1] + 1]);
  }
  return [...counts.values()];
}

function keepFresh<T>(read: () => Promise<T>): () => Promise<T> {
  let kept: { at: number; value: Promise<T> } | undefined;
  return () => {
    if (!kept || performance.now() - kept.at > freshMilliseconds) kept = { at: performance.now(), value: read() };
    return kept.value;
  };
}
