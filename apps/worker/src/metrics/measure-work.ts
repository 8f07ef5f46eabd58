import { Counter, Histogram, type Registry } from 'prom-client';

/** What a worker says of its work, for those who watch it. */
export interface WorkMeter {
  /** An evaluation, or its scoring, was claimed; `attempt` is 1 unless an earlier worker was lost or gave up. */
  claimed(attempt: number): void;
  /** A stage was run to its end. */
  ran(stage: Stage, engine: string, seconds: number): void;
  /** The work on an evaluation ended, with the error's code where there is one. */
  ended(outcome: Outcome, code?: string): void;
}

export type Stage = 'checking' | 'running' | 'scoring';
/** `interrupted`: another worker has it now, its team cancelled it, or the process ends. */
type Outcome = 'predicted' | 'scored' | 'rejected' | 'failed' | 'tried_again' | 'interrupted';

/** Bounds in seconds: a scoring takes milliseconds, a program on all studies up to hours. */
const stageBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600];

/** Counts and times the work of this process. */
export function measureWork(registry: Registry): WorkMeter {
  const registers = [registry];
  const stages = new Histogram({
    name: 'holdout_stage_seconds',
    help: 'Time that a stage of an evaluation took, to its end without an error.',
    labelNames: ['stage', 'engine'] as const,
    buckets: stageBuckets,
    registers,
  });
  const takeovers = new Counter({
    name: 'holdout_lease_takeovers_total',
    help: 'Evaluations and scorings that were begun again, since their worker was lost or gave up.',
    registers,
  });
  const ends = new Counter({
    name: 'holdout_work_ended_total',
    help: 'How the work on evaluations ended in this process, and why.',
    labelNames: ['outcome', 'code'] as const,
    registers,
  });
  return {
    claimed: (attempt) => attempt > 1 && takeovers.inc(),
    ran: (stage, engine, seconds) => stages.observe({ stage, engine }, seconds),
    ended: (outcome, code = '') => ends.inc({ outcome, code }),
  };
}
