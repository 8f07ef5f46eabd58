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
  /** Says how images become numbers. */
  begin(input: ResolvedModelManifest['input']): void;
  add(pixels: PixelsRequest): void;
  /** Asks for a batch of the next `count` images; `size` is how many it must have room for. */
  order(count: number, size: number): void;
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
  let wake = () => {};
  thread.on('message', (batch: FilledBatch) => {
    filled.push(batch);
    wake();
  });
  thread.on('error', ({ name, message }) => {
    filled.push({ error: { name, message } });
    wake();
  });
  const tell = (request: FillerRequest, transfer: ArrayBuffer[] = []) => thread.postMessage(request, transfer);
  return {
    begin: (input) => tell({ kind: 'begin', input }),
    add: (pixels) => tell(pixels),
    order(count, size) {
      const room = spare.pop() ?? null;
      tell({ kind: 'fill', count, size, room }, room ? [room.buffer] : []);
    },
    async next() {
      for (;;) {
        const batch = filled.shift();
        if (batch?.error) throw Object.assign(new Error(batch.error.message), { name: batch.error.name });
        if (batch) return batch;
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
