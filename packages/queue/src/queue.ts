import type { EvaluationJob, Hardware, ScoringJob } from '@holdout/contracts';

/**
 * The bell: it says which evaluation to look at next, and Postgres says what there is to do. A job is delivered at
 * least once; the same evaluation rung again while it waits, or is being handled, is one job.
 */
export interface Queue {
  /**
   * Each hardware class has a queue of its own; `cpu` where none is named.
   *
   * @throws HoldoutError `queue_unavailable`, within seconds, where the queue does not answer
   */
  enqueueEvaluation(job: EvaluationJob, hardware?: Hardware): Promise<void>;
  /** @throws HoldoutError `queue_unavailable`, within seconds, where the queue does not answer */
  enqueueScoring(job: ScoringJob): Promise<void>;
  /** Handles evaluation jobs of some hardware classes until closed; of `cpu` where none is named. */
  workEvaluations(
    handler: JobHandler<EvaluationJob>,
    options?: WorkOptions & { serves?: readonly Hardware[] },
  ): QueueWorker;
  /** Handles scoring jobs until closed. */
  workScorings(handler: JobHandler<ScoringJob>, options?: WorkOptions): QueueWorker;
  /** @throws HoldoutError `queue_unavailable` */
  health(): Promise<void>;
  /** Closes its workers, each when its jobs are done, and then every connection. */
  close(): Promise<void>;
}

/**
 * Handles one job. A handler that throws gets the job again, a few times; then the job is gone and Postgres still
 * knows. `signal` aborts when the worker is closed: finish soon, or throw to hand the job to another worker.
 */
export type JobHandler<Job> = (job: Job, signal: AbortSignal) => Promise<void>;

export interface QueueWorker {
  /** Resolves when the worker is connected and waits for jobs. */
  readonly ready: Promise<void>;
  /** Takes no new job until it is resumed; what it handles goes on. Safe to repeat. */
  pause(): void;
  resume(): void;
  /** Takes no more jobs, tells those that run, and resolves when they are done. */
  close(): Promise<void>;
}

export interface WorkOptions {
  /** Jobs of one queue at one time. */
  concurrency?: number;
  /** A job whose worker was not heard of for this long is given to another. */
  lockSeconds?: number;
  /** Hears what went wrong with the queue or with a handler; the worker goes on. */
  onError?: (error: Error) => void;
}
