import { copyFile, link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PixelSegment } from './images/pixel-segment.js';
import type { PixelSet } from './images/pixel-set.js';
import type { Child } from './start-child.js';

/** Images on their way into a model's process. */
export interface Showing {
  /** What the process says that it has read; more may be shown then. */
  hasRead(imagesRead: number): void;
  /** When all are shown. Rejected where one can't be decoded, or the disk is full. */
  readonly ended: Promise<void>;
  /** Shows no more, and takes back what is shown. */
  stop(): Promise<void>;
}

interface ShownFile {
  readonly segment: PixelSegment;
  readonly name: string;
  /** How many images of the list are shown up to its last one. */
  end: number;
}

/**
 * Shows decoded images to a model's process as they become ready: by names of their own in the folder that its sandbox shows
 * read-only, and only a few files ahead of what it has read, so that the disk need not hold them all.
 */
export function showPixels(child: Child, from: { set: PixelSet; first: number }, count: number): Showing {
  const { set, first } = from;
  const files: ShownFile[] = [];
  let [shown, read] = [0, 0];
  let isStopped = false;
  let wake = () => {};

  const show = async () => {
    for await (const { segment, place, count: more } of set.read(first, count)) {
      if (isStopped) return;
      const file = await nameFile(segment);
      shown += more;
      file.end = shown;
      child.request({ kind: 'pixels', path: join(child.inside.images, file.name), place, count: more });
      while (!isStopped && shown - read >= set.lookAhead) await new Promise<void>((resolve) => (wake = resolve));
      await takeBack(files.filter((each) => each !== file && each.end <= read));
    }
  };
  const nameFile = async (segment: PixelSegment): Promise<ShownFile> => {
    const known = files.find((file) => file.segment === segment);
    if (known) return known;
    made += 1;
    const file = { segment, name: String(made), end: shown };
    files.push(file);
    await placeSegment(segment, join(child.imagesDirectory, file.name));
    if (isStopped) await takeBack([file]);
    return file;
  };
  const takeBack = async (some: readonly ShownFile[]) => {
    for (const file of some) {
      if (files.includes(file)) files.splice(files.indexOf(file), 1);
      await rm(join(child.imagesDirectory, file.name), { force: true });
    }
  };
  const ended = show();
  ended.catch(() => {});
  return {
    hasRead(imagesRead) {
      read = Math.max(read, imagesRead);
      wake();
    },
    ended,
    async stop() {
      isStopped = true;
      wake();
      await takeBack([...files]);
    },
  };
}

/** Gives it a second name, by which it is seen to grow; on another disk it is copied when it is full. */
async function placeSegment(segment: PixelSegment, target: string): Promise<void> {
  await link(segment.path, target).catch(async () => {
    await segment.waitFor(segment.count - 1);
    await copyFile(segment.path, target);
  });
}

/** Names of files are never used twice in a process: one that is open would be taken for the other. */
let made = 0;
