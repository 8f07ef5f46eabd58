import { createHash } from 'node:crypto';
import { HoldoutError } from '@holdout/contracts';
import { type Decoder, ImageUnreadable } from './decoder/start-decoder.js';
import type { PixelCache } from './pixel-cache.js';
import { countPixelBytes, type PixelFormat } from './pixel-format.js';
import { findPath, type RunImage } from './run-image.js';

/** Images of a list that lie in one file, decoded: in their order, without a gap. */
export class PixelSegment {
  /** Read it while it grows; `drop` removes this name. */
  readonly path: string;
  /** How many images it will have. */
  readonly count: number;
  readonly #filled: Promise<void>;
  #ready: number;
  #error: unknown;
  #isDropped = false;
  #change = newSignal();
  readonly #cache: PixelCache;

  private constructor(
    cache: PixelCache,
    { path, count, ready }: { path: string; count: number; ready: number },
    fill?: (segment: PixelSegment) => Promise<void>,
  ) {
    this.#cache = cache;
    this.path = path;
    this.count = count;
    this.#ready = ready;
    this.#filled = fill?.(this) ?? Promise.resolve();
    this.#filled.catch((error) => this.#move(() => (this.#error = error)));
  }

  /**
   * Finds images decoded, or begins to decode them.
   *
   * @param list - all images, by which the place of one that can't be read is named
   */
  static async open(tools: SegmentTools, { list, first, count }: SegmentPlace): Promise<PixelSegment> {
    const { cache, format } = tools;
    const images = list.slice(first, first + count);
    const bytes = count * countPixelBytes(format);
    const key = await nameSegment(images, format, tools.decoder);
    const kept = key === null ? null : await cache.take(key, bytes);
    if (kept !== null) return new PixelSegment(cache, { path: kept, count, ready: count });
    const path = await cache.create();
    return new PixelSegment(cache, { path, count, ready: 0 }, async (segment) => {
      await segment.#decode(tools, images, (place) => `Image ${first + place + 1} of ${list.length}`);
      // What could not be kept is of use all the same.
      if (key !== null && segment.#ready === count) await cache.keep(path, key, bytes).catch(tools.onUnkept);
    });
  }

  /**
   * Waits for the image at this place of the segment.
   *
   * @returns how many are ready, from the first on
   * @throws HoldoutError `internal` caused by ImageUnreadable, `storage_full`, `runner_killed`
   */
  async waitFor(place: number): Promise<number> {
    while (this.#ready <= place) {
      if (this.#error !== undefined) throw this.#error;
      await this.#change.promise;
    }
    return this.#ready;
  }

  /** Lets go of it, at once: what is not decoded yet stays so, and the name goes when nothing is written to it any more. */
  drop(): void {
    this.#isDropped = true;
    const drop = () => this.#cache.drop(this.path);
    this.#filled.then(drop, drop).catch(() => {});
  }

  async #decode(
    { cache, decoder, format }: SegmentTools,
    images: readonly RunImage[],
    describe: (place: number) => string,
  ): Promise<void> {
    const imageBytes = countPixelBytes(format);
    const isDone = new Uint8Array(images.length);
    let next = 0;
    const decodeOne = async (place: number, image: RunImage) => {
      const source = await findPath(image);
      const decode = () => decoder.decode(source, this.path, place * imageBytes, format);
      await decode().catch(async (error) => {
        if (!isFull(error)) throw error;
        await cache.makeRoom(0);
        await decode();
      });
      isDone[place] = 1;
      let ready = this.#ready;
      while (isDone[ready] === 1) ready += 1;
      if (ready > this.#ready) this.#move(() => (this.#ready = ready));
    };
    const lane = async () => {
      for (let place = next++; place < images.length && !this.#isDropped; place = next++) {
        const image = images[place];
        if (image) await decodeOne(place, image).catch((error) => Promise.reject(explain(error, describe(place))));
      }
    };
    const lanes = Math.max(1, Math.min(decoder.concurrency, Math.floor(bytesAtOnce / imageBytes)));
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  #move(change: () => void): void {
    change();
    const { done } = this.#change;
    this.#change = newSignal();
    done();
  }
}

export interface SegmentTools {
  readonly cache: PixelCache;
  readonly decoder: Decoder;
  readonly format: PixelFormat;
  /** Hears why decoded images could not be kept. */
  readonly onUnkept: (error: unknown) => void;
}

interface SegmentPlace {
  readonly list: readonly RunImage[];
  readonly first: number;
  readonly count: number;
}

/** Of images that are being decoded. */
const bytesAtOnce = 128 * 1024 * 1024;

function newSignal(): { promise: Promise<void>; done: () => void } {
  let done = () => {};
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done };
}

/**
 * The same name for the same pixels, and for nothing else: other decoders make other pixels. null where an image has no
 * digest to be known by.
 */
async function nameSegment(
  images: readonly RunImage[],
  { width, height, channels, resize }: PixelFormat,
  decoder: Decoder,
): Promise<string | null> {
  const digests = images.map(({ digest }) => digest);
  if (digests.includes(undefined)) return null;
  const named = ['holdout-pixels-1', await decoder.version(), width, height, channels, resize, ...digests];
  return createHash('sha256').update(JSON.stringify(named)).digest('hex');
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code));
}

function explain(error: unknown, image: string): unknown {
  if (error instanceof HoldoutError) return error;
  if (isFull(error)) return new HoldoutError('storage_full', { cause: error });
  if (!(error instanceof ImageUnreadable)) return new HoldoutError('storage_unavailable', { cause: error });
  return new HoldoutError('internal', {
    cause: new ImageUnreadable(`${image} can’t be decoded.`, { cause: error }),
  });
}
