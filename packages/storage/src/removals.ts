import { setTimeout as sleep } from 'node:timers/promises';

/** Where removals are announced, each by a mark that every process sees at once. */
export interface RemovalMarks {
  set(digest: string): Promise<void>;
  /** When it was set; null where it is not. */
  setAt(digest: string): Promise<Date | null>;
  clear(digest: string): Promise<void>;
}

/** A mark as old as this is of a process that died. No removal takes longer: it gives up after half of it. */
const deadAfterMilliseconds = 5 * 60 * 1000;
const lookAgainMilliseconds = 100;

/**
 * Removes a blob, unless it was put at `unlessPutSince` or later. Whoever puts the same content meanwhile can rely on it
 * being there afterwards: the mark is set before the age is read, and looked for after the content was put. So either
 * the one who removes sees a young blob, or the one who puts sees the mark or, after it, that the content is gone.
 *
 * @returns whether it is gone by this
 */
export async function removeMarked(
  marks: RemovalMarks,
  digest: string,
  {
    wasPutAt,
    unlessPutSince,
    remove,
  }: { wasPutAt: () => Promise<Date | null>; unlessPutSince: Date; remove: () => Promise<void> },
): Promise<boolean> {
  const giveUpAt = performance.now() + deadAfterMilliseconds / 2;
  await marks.set(digest);
  try {
    const putAt = await wasPutAt();
    if (putAt === null || putAt >= unlessPutSince) return false;
    if (performance.now() > giveUpAt) return false;
    await remove();
    return true;
  } finally {
    await marks.clear(digest);
  }
}

/** Puts content where its name leads, and again where a removal that was under way took it. */
export async function publishMarked(
  marks: RemovalMarks,
  digest: string,
  { publish, has }: { publish: () => Promise<void>; has: () => Promise<boolean> },
): Promise<void> {
  for (;;) {
    await publish();
    while (await isUnderWay(marks, digest)) await sleep(lookAgainMilliseconds);
    // One may have come and gone before its mark could be seen.
    if (await has()) return;
  }
}

async function isUnderWay(marks: RemovalMarks, digest: string): Promise<boolean> {
  const setAt = await marks.setAt(digest);
  return setAt !== null && Date.now() - setAt.getTime() < deadAfterMilliseconds;
}
