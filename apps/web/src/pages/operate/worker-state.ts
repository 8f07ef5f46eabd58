import type { Worker } from '@holdout/contracts';

/** What a worker is, in one word: what operators asked of it, what it does, and whether it is there at all. */
export type WorkerState = 'working' | 'waiting' | 'paused' | 'draining' | 'drained' | 'lost';

export function stateOf({ alive, mode, work }: Pick<Worker, 'alive' | 'mode' | 'work'>): WorkerState {
  if (!alive) return 'lost';
  if (mode === 'paused') return 'paused';
  if (mode === 'draining') return work.length === 0 ? 'drained' : 'draining';
  return work.length === 0 ? 'waiting' : 'working';
}
