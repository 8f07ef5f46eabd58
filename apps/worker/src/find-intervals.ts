import { Tinypool } from 'tinypool';
import { computeIntervals, type IntervalTask } from './compute-intervals.js';

/** Of fewer studies they are there sooner than a thread; of so many they take half a second, and longer where others compute. */
const manyStudies = 10_000;

const threads = new Tinypool({
  filename: new URL('../dist/compute-intervals.js', import.meta.url).href,
  minThreads: 0,
  maxThreads: 1,
});

/**
 * The intervals of a score. Of a large test set in a thread beside this one, in which the lease is renewed meanwhile.
 *
 * @throws Error where the thread has not enough memory
 */
export async function findIntervals(...task: IntervalTask): Promise<ReturnType<typeof computeIntervals>> {
  const [gold] = task;
  if (gold.length < manyStudies) return computeIntervals(task);
  const found: ReturnType<typeof computeIntervals> = await threads.run(task, { name: 'computeIntervals' });
  return found;
}
