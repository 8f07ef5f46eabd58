import type { ResolvedModelManifest } from '@holdout/contracts';
import { prepareImage } from './prepare-image.js';

/** Images ready for the engine: `count` of them lie in `values`, which may hold room for more. */
export interface Batch {
  readonly first: number;
  readonly count: number;
  readonly values: Float32Array;
}

/** An image of ours that could not be decoded: not the bundle's fault. */
export class ImageUnreadable extends Error {
  override readonly name = 'ImageUnreadable';
}

/** So many batches are decoded ahead of the one that the engine works on. */
const lookAhead = 2;

/**
 * Decodes and resizes images in batches, ahead of the engine and beside it, in their order. At most three batches are
 * in memory at once; a batch that has been used lends its room to a later one.
 *
 * @throws ImageUnreadable with the image's place in the list, never its name
 */
export function readBatches(
  paths: readonly string[],
  input: ResolvedModelManifest['input'],
  batchSize: number,
): AsyncIterable<Batch> {
  const imageValues = input.width * input.height * input.channels;
  const spare: Float32Array[] = [];
  const pending: Promise<Batch>[] = [];
  let next = 0;

  const startOne = () => {
    const first = next;
    const count = Math.min(batchSize, paths.length - first);
    next += count;
    const values = spare.pop() ?? new Float32Array(batchSize * imageValues);
    const images = Array.from({ length: count }, (_, index) =>
      prepareImage(paths[first + index] ?? '', input, values, index * imageValues).catch((cause: unknown) => {
        throw new ImageUnreadable(`Image ${first + index + 1} of ${paths.length} can’t be decoded.`, { cause });
      }),
    );
    const batch = Promise.all(images).then(() => ({ first, count, values }));
    // A failure is thrown when its turn comes; until then it must not count as unhandled.
    batch.catch(() => {});
    pending.push(batch);
  };

  const startAhead = () => {
    while (next < paths.length && pending.length < lookAhead) startOne();
  };
  // At once, and not only when the first batch is asked for.
  startAhead();
  return (async function* () {
    for (let batch = await pending.shift(); batch; batch = await pending.shift()) {
      startAhead();
      yield batch;
      spare.push(batch.values);
    }
  })();
}
