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
  | { kind: 'fill'; count: number; size: number; room: Float32Array<ArrayBuffer> | null };

/** What it answers, in the order of what was asked. */
export type FilledBatch = (Batch & { error?: never }) | { error: { name: string; message: string } };

/** Batches of the images that come in, made ready beside the engine. */
export interface BatchSource {
  /** How many images of the list were not taken yet. */
  readonly left: number;
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

export function openBatchSource(): BatchSource {
  const thread = new Worker(new URL('./fill-batches.js', import.meta.url));
  const filled: FilledBatch[] = [];
  const spare: Float32Array<ArrayBuffer>[] = [];
  let [left, unordered, ordered] = [0, 0, 0];
  let wake = () => {};
  const hear = (batch: FilledBatch) => {
    filled.push(batch);
    wake();
  };
  thread.on('message', hear);
  thread.on('error', ({ name, message }) => hear({ error: { name, message } }));
  const tell = (request: FillerRequest, transfer: ArrayBuffer[] = []) => thread.postMessage(request, transfer);
  const take = (batch: FilledBatch): Batch => {
    if (batch.error) throw Object.assign(new Error(batch.error.message), { name: batch.error.name });
    ordered -= 1;
    left -= batch.count;
    return batch;
  };
  return {
    get left() {
      return left;
    },
    begin(input, imageCount) {
      [left, unordered] = [imageCount, imageCount];
      tell({ kind: 'begin', input });
    },
    add: (pixels) => tell(pixels),
    orderAhead(size, most) {
      for (; unordered > 0 && ordered < most; ordered += 1) {
        const count = Math.min(size, unordered);
        const room = spare.pop() ?? null;
        tell({ kind: 'fill', count, size, room }, room ? [room.buffer] : []);
        unordered -= count;
      }
    },
    async next() {
      for (let batch = filled.shift(); ; batch = filled.shift()) {
        if (batch) return take(batch);
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
