import { scoreIntervals } from '@holdout/scoring';

/** The arguments of {@link scoreIntervals}. */
export type IntervalTask = Parameters<typeof scoreIntervals>;

/** The intervals of a score. What a thread is asked where the test set is large. */
export function computeIntervals(task: IntervalTask): ReturnType<typeof scoreIntervals> {
  return scoreIntervals(...task);
}
