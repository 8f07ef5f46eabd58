import pLimit from 'p-limit';

/** Reading and hashing keep a disk busy; more at once do not make it faster. */
const atOnce = 4;

/**
 * Does the same with each of many things, a few at a time. Where one fails no other is begun, those under way are waited
 * for, and then the first failure is thrown: nothing goes on after it.
 */
export async function workOff<Thing>(things: readonly Thing[], work: (thing: Thing) => Promise<void>): Promise<void> {
  const limit = pLimit({ concurrency: atOnce, rejectOnClear: true });
  const failures: unknown[] = [];
  const attempt = async (thing: Thing) => {
    try {
      await work(thing);
    } catch (error) {
      failures.push(error);
      limit.clearQueue();
    }
  };
  await Promise.allSettled(things.map((thing) => limit(attempt, thing)));
  if (failures.length > 0) throw failures[0];
}
