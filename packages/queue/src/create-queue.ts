import {
  type EvaluationJob,
  evaluationJobSchema,
  type Hardware,
  HoldoutError,
  type ScoringJob,
  scoringJobSchema,
} from '@holdout/contracts';

import type { Connection, JobData, OpenQueue } from './connection.js';
import { connectPostgres, preparePostgres } from './postgres-connection.js';
import type { JobHandler, Queue, QueueWorker, WorkOptions } from './queue.js';
import { connectRedis } from './redis-connection.js';
import { startWorker } from './start-worker.js';
import { withTimeLimit } from './time-limit.js';

/** Where the queue is: on Redis where `redisUrl` is given, else on Postgres. */
interface QueueLocation {
  redisUrl?: string | undefined;
  postgresUrl?: string | undefined;
}

interface QueueOptions extends QueueLocation {
  /** The pause before a job whose handler threw is delivered again; it doubles each time. */
  retrySeconds?: number;
}

const answerTimeoutMilliseconds = 5_000;
/** The first and two more. What still fails then is Postgres' to remember and the reconciler's to ring again. */
const deliveries = 3;

/**
 * Makes the queues `evaluation-cpu`, `evaluation-gpu` and `scoring`. Nothing is connected until the first use, so that a server starts
 * while its queue is down; every use then tries again.
 */
export async function createQueue(options: QueueOptions): Promise<Queue> {
  return new BellQueue(connect(options), options.retrySeconds ?? 1);
}

/**
 * Prepares the queue's store, as its owner, and lets the database roles `roles` ring and answer. On Redis there is
 * nothing to do.
 */
export async function prepareQueue(options: QueueLocation & { roles: readonly string[] }): Promise<void> {
  if (options.redisUrl) return;
  if (options.postgresUrl) await preparePostgres(options.postgresUrl, options.roles);
}

function connect({ redisUrl, postgresUrl }: QueueLocation): Connection {
  if (redisUrl) return connectRedis(redisUrl);
  if (postgresUrl) return connectPostgres(postgresUrl);
  throw new TypeError('A queue needs a redisUrl or a postgresUrl.');
}

class BellQueue implements Queue {
  readonly #connection: Connection;
  readonly #retrySeconds: number;
  readonly #queues = new Map<string, Promise<OpenQueue>>();
  readonly #workers: QueueWorker[] = [];
  #closed: Promise<void> | undefined;

  constructor(connection: Connection, retrySeconds: number) {
    this.#connection = connection;
    this.#retrySeconds = retrySeconds;
  }

  async enqueueEvaluation(job: EvaluationJob, hardware: Hardware = 'cpu'): Promise<void> {
    await this.#ring(`evaluation-${hardware}`, evaluationJobSchema.parse(job));
  }

  async enqueueScoring(job: ScoringJob): Promise<void> {
    await this.#ring('scoring', scoringJobSchema.parse(job));
  }

  workEvaluations(
    handler: JobHandler<EvaluationJob>,
    { serves = ['cpu'], ...options }: WorkOptions & { serves?: readonly Hardware[] } = {},
  ): QueueWorker {
    const parse = (data: unknown) => evaluationJobSchema.parse(data);
    return joinWorkers(serves.map((hardware) => this.#work(`evaluation-${hardware}`, parse, handler, options)));
  }

  workScorings(handler: JobHandler<ScoringJob>, options?: WorkOptions): QueueWorker {
    return this.#work('scoring', (data) => scoringJobSchema.parse(data), handler, options);
  }

  async health(): Promise<void> {
    await this.#answered(this.#connection.ping());
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    const queues = await Promise.allSettled(this.#queues.values());
    for (const queue of queues) if (queue.status === 'fulfilled') await queue.value.close().catch(() => {});
    await this.#connection.close();
  }

  async #ring(name: string, job: JobData): Promise<void> {
    await this.#answered(
      this.#open(name).then((queue) =>
        queue.add(name, job, {
          // Rung again while it waits or runs, it is the same job; afterwards it is gone and can be rung anew.
          jobId: job.evaluationId,
          removeOnComplete: true,
          removeOnFail: true,
          attempts: deliveries,
          backoff: { type: 'exponential', delay: this.#retrySeconds * 1000 },
        }),
      ),
    );
  }

  #open(name: string): Promise<OpenQueue> {
    const known = this.#queues.get(name);
    if (known) return known;
    const opening = this.#connection.openQueue(name);
    this.#queues.set(name, opening);
    // A queue that failed to open stays broken: the next use opens another.
    opening.catch(() => this.#queues.delete(name));
    return opening;
  }

  #work<Job>(name: string, parse: (data: unknown) => Job, handler: JobHandler<Job>, options: WorkOptions = {}) {
    const worker = startWorker(this.#connection, name, (data, signal) => handler(parse(data), signal), options);
    this.#workers.push(worker);
    return worker;
  }

  async #answered(work: Promise<unknown>): Promise<void> {
    try {
      await withTimeLimit(work, answerTimeoutMilliseconds);
    } catch (cause) {
      throw new HoldoutError('queue_unavailable', { cause });
    }
  }
}

/** Workers of several queues, as one. */
function joinWorkers(workers: readonly QueueWorker[]): QueueWorker {
  return {
    ready: Promise.all(workers.map(({ ready }) => ready)).then(() => {}),
    pause: () => workers.forEach((worker) => void worker.pause()),
    resume: () => workers.forEach((worker) => void worker.resume()),
    close: async () => void (await Promise.all(workers.map((worker) => worker.close()))),
  };
}
