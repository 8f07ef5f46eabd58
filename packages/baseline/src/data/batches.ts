import { randomFrom } from '@holdout/testset';
import { type Augmentation, writeImage } from './augment.js';
import type { ImageInput, ImageStore } from './image-store.js';
import type { LabelledImage } from './read-split.js';

/** Some images, ready for the network. */
export interface Batch {
  /** Their places in the list of images. */
  readonly places: readonly number[];
  /** images × height × width × channels */
  readonly values: Float32Array;
}

interface BatchOptions {
  readonly images: readonly LabelledImage[];
  readonly store: ImageStore;
  readonly input: ImageInput;
  /** In which order, by their places. */
  readonly order: readonly number[];
  readonly batchSize: number;
  /** How many batches are left out at the beginning. */
  readonly skip?: number;
  readonly augmentationOf: (place: number) => Augmentation;
}

/** The order of an epoch, the same for the same seed. */
export function drawOrder(seed: string, epoch: number, count: number): number[] {
  return randomFrom(seed, 'order', epoch).shuffle(Array.from({ length: count }, (_, place) => place));
}

/** Prepares batch after batch, each while the one before it is learned from. */
export async function* prepareBatches(options: BatchOptions): AsyncGenerator<Batch> {
  const { order, batchSize, skip = 0 } = options;
  const starts: number[] = [];
  for (let start = skip * batchSize; start < order.length; start += batchSize) starts.push(start);
  const prepare = (start: number | undefined) => {
    if (start === undefined) return undefined;
    const batch = prepareBatch(options, order.slice(start, start + batchSize));
    // Where the one before fails or is the last that is wanted, nobody waits for this one.
    batch.catch(() => {});
    return batch;
  };
  let next = prepare(starts[0]);
  for (let place = 1; next !== undefined; place += 1) {
    const batch = await next;
    next = prepare(starts[place]);
    yield batch;
  }
}

async function prepareBatch(options: BatchOptions, places: readonly number[]): Promise<Batch> {
  const { images, store, input, augmentationOf } = options;
  const imageValues = input.inputSize ** 2 * input.channels;
  const values = new Float32Array(places.length * imageValues);
  const pixels = await Promise.all(places.map((place) => store.read(images[place]?.path ?? '')));
  for (const [index, bytes] of pixels.entries()) {
    writeImage(bytes, input, augmentationOf(places[index] ?? 0), values, index * imageValues);
  }
  return { places, values };
}
