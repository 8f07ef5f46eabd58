import { Worker } from 'node:worker_threads';
import type { ResolvedModelManifest } from '@holdout/contracts';
import type { PixelsRequest } from '../protocol.js';

/** Images ready for the engine: `count` of them lie in `values`, which may hold room for more. */
export interface Batch {
  readonly count: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** What the thread of `fill-batches.ts` is told. */
export type FillerRequest =
  | { kind: 'begin'; input: ResolvedModelManifest['input'] }
  | PixelsRequest
  /** `count` images into an array for `size`; `room` is one that is not needed any more. */
  | { kind: 'fill'; count: number; size: number; room: Float32Array<ArrayBuffer> | null }
  /** Get ready for images before there are any. */
  | { kind: 'prepare' };

/** What it answers: batches in the order in which they were asked for, and how many images of the list it has read. */
export type FillerAnswer =
  | { kind: 'filled'; batch: Batch }
  | { kind: 'read'; images: number }
  | { kind: 'failed'; name: string; message: string };

/** Batches of the images that come in, made ready beside the engine. */
export interface BatchSource {
  /** What it does once in a process, ahead of its first images. */
  prepare(): void;
  /** How many images of the list were not taken yet. */
  readonly left: number;
  /** How many images the batch has that was ordered first; null where none is ordered. */
  readonly nextCount: number | null;
  /** Begins a list, and says how its images become numbers. */
  begin(input: ResolvedModelManifest['input'], imageCount: number): void;
  add(pixels: PixelsRequest): void;
  /** Has up to `most` batches of so many images made ready; what was ordered before stays as it is. */
  orderAhead(size: number, most: number): void;
  /** The batch that was ordered first. Its array may be lent to a later one after `giveBack`. */
  next(): Promise<Batch>;
  giveBack(batch: Batch): void;
}

/** At most so many arrays wait to be used again. */
const mostSpare = 2;

/** @param onRead - hears how many images of the list were read; more of it may be shown then */
export function openBatchSource(onRead: (images: number) => void): BatchSource {
  const thread = new Worker(new URL('./fill-batches.js', import.meta.url));
  const filled: Exclude<FillerAnswer, { kind: 'read' }>[] = [];
  const spare: Float32Array<ArrayBuffer>[] = [];
  /** How many images each batch has that was ordered and not taken. */
  const ordered: number[] = [];
  let [left, unordered] = [0, 0];
  let wake = () => {};
  const hear = (answer: FillerAnswer) => {
    if (answer.kind === 'read') return onRead(answer.images);
    filled.push(answer);
    wake();
  };
  thread.on('message', hear);
  thread.on('error', ({ name, message }) => hear({ kind: 'failed', name, message }));
  const tell = (request: FillerRequest, transfer: ArrayBuffer[] = []) => thread.postMessage(request, transfer);
  const take = (answer: Exclude<FillerAnswer, { kind: 'read' }>): Batch => {
    if (answer.kind === 'failed') throw Object.assign(new Error(answer.message), { name: answer.name });
    ordered.shift();
    left -= answer.batch.count;
    return answer.batch;
  };
  return {
    get left() {
      return left;
    },
    get nextCount() {
      return ordered[0] ?? null;
    },
    prepare: () => tell({ kind: 'prepare' }),
    begin(input, imageCount) {
      [left, unordered] = [imageCount, imageCount];
      tell({ kind: 'begin', input });
    },
    add: (pixels) => tell(pixels),
    orderAhead(size, most) {
      while (unordered > 0 && ordered.length < most) {
        const count = Math.min(size, unordered);
        ordered.push(count);
        const room = spare.pop() ?? null;
        tell({ kind: 'fill', count, size, room }, room ? [room.buffer] : []);
        unordered -= count;
      }
    },
    async next() {
      for (let answer = filled.shift(); ; answer = filled.shift()) {
        if (answer) return take(answer);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    giveBack({ values }) {
      if (spare.length < mostSpare) spare.push(values);
    },
  };
}
