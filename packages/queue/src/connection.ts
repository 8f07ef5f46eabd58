import type { JobsOptions } from 'bullmq';

export type JobData = { evaluationId: string };

/** How BullMQ reaches its store: one way on Redis, one on Postgres. Nothing else differs between the two. */
export interface Connection {
  /** A queue to put jobs into; rejects where the store does not answer. */
  openQueue(name: string): Promise<OpenQueue>;
  /** A worker; it becomes ready when the store answers. */
  makeWorker(name: string, process: Process, options: WorkerSettings): RunningWorker;
  /** One round trip. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What is used of BullMQ's `Queue`, whose type names its store. */
export interface OpenQueue {
  add(name: string, job: JobData, options: JobsOptions): Promise<unknown>;
  close(): Promise<void>;
}

/** What is used of BullMQ's `Worker`, whose type names its store. */
export interface RunningWorker {
  waitUntilReady(): Promise<unknown>;
  pause(doNotWaitActive: boolean): Promise<void>;
  resume(): Promise<void>;
  close(force?: boolean): Promise<void>;
  disconnect(): Promise<void>;
  on(event: 'error', hear: (error: Error) => void): unknown;
  on(event: 'failed', hear: (job: unknown, error: Error) => void): unknown;
}

export type Process = (job: { data: unknown }) => Promise<void>;

export interface WorkerSettings {
  concurrency: number;
  lockDuration: number;
  stalledInterval: number;
  maxStalledCount: number;
  runRetryDelay: number;
}

export const connectTimeoutMilliseconds = 3_000;
