import { findKind, type LoadedModel, type Prediction } from '../engines/engine.js';
import { countPixelBytes } from '../images/pixel-format.js';
import type { LoadRequest } from '../protocol.js';
import type { BatchSizes } from './batch-sizes.js';
import type { Batch } from './batch-source.js';
import { type Copies, loadCopies, mayBeCopied } from './copies.js';

/** What was predicted of a batch, with its array for another one. */
interface Predicted {
  readonly prediction: Prediction;
  readonly batch: Batch;
}

/** What copies may save, at most, for their loading and their first batches to be worth it: these take about half of it. */
const worthSeconds = 3;
/** More copies share more of what one has for itself: caches, and the way to memory. */
const mostCopies = 4;
/** Each copy makes itself ready by one batch, and is measured by these; by all of them where it seems to be slower. */
const batchesMeasured = 4;
const mostBatchesMeasured = 12;
const pacesKept = 9;
const shareOfMemory = 0.7;

/**
 * Runs a model in the way that is fastest: with so many images at once, and where many are left, as several copies that share
 * the processor, if these prove to be no slower than one on all of it.
 */
export class ModelRunner {
  readonly #model: LoadedModel;
  readonly #request: LoadRequest;
  readonly #sizes: BatchSizes;
  readonly #emptyBytes: number;
  #batches = 0;
  /** Images that it was given at once, and could predict. */
  #largest = 0;
  /** Seconds by image of the model by itself, of the last batches of each size. */
  readonly #paces = new Map<number, number[]>();
  /** How many copies are to be loaded as soon as batches for them are ready. */
  #wanted = 0;
  #copies: Copies | null = null;
  #leaving: Copies | null = null;
  /** What copies have answered while they are tried. */
  #trial: Answer[] | null = null;
  #isDecided = false;

  /** @param emptyBytes - resident memory before the model was loaded */
  constructor(model: LoadedModel, request: LoadRequest, sizes: BatchSizes, emptyBytes: number) {
    this.#model = model;
    this.#request = request;
    this.#sizes = sizes;
    this.#emptyBytes = emptyBytes;
  }

  /** How many batches it works on at a time. */
  get width(): number {
    return this.#copies?.count ?? 1;
  }

  /** How many batches it may be given at a time: of copies, the first that has done its own takes the one that waits. */
  get mostUnderWay(): number {
    return this.#copies ? this.#copies.count + 1 : 1;
  }

  /** Of the next batch that is made ready. */
  get batchSize(): number {
    const fixed = this.#request.manifest.input.fixedBatchSize;
    if (fixed !== null) return fixed;
    const copies = this.#copies?.count ?? this.#wanted;
    return copies > 0 ? Math.max(1, Math.floor(this.#sizes.fastest / copies)) : this.#sizes.current;
  }

  /** How it came to work, for the provenance of predictions. */
  describe() {
    const { device, threads } = this.#model;
    const batchSize = this.#request.manifest.input.fixedBatchSize ?? this.#sizes.fastest;
    return this.#copies
      ? { device, threads: Math.max(threads, this.#copies.count), batchSize: this.batchSize }
      : { device, threads, batchSize };
  }

  /** @throws Error with the engine's own words */
  async predict(batch: Batch): Promise<Predicted> {
    const startedAt = performance.now();
    if (this.#copies) {
      const { prediction, values } = await this.#copies.predict(batch);
      await this.#judge(batch.count);
      return { prediction, batch: { ...batch, values } };
    }
    // Nothing of them is under way any more.
    void this.#leaving?.close();
    this.#leaving = null;
    const prediction = await this.#predictOrSplit(batch.values, batch.count);
    const seconds = (performance.now() - startedAt) / 1000;
    this.#batches += 1;
    // In the first one an engine makes itself ready.
    if (this.#batches > 1) this.#notePace(batch.count, seconds / batch.count);
    if (batch.count === this.#sizes.current) this.#sizes.learn(batch.count, seconds);
    return { prediction, batch };
  }

  /** A device may have no memory for a batch larger than those before: then it is predicted in parts. */
  async #predictOrSplit(values: Float32Array, count: number): Promise<Prediction> {
    const isFixed = this.#request.manifest.input.fixedBatchSize !== null;
    try {
      const prediction = await this.#model.predict(values, count);
      this.#largest = Math.max(this.#largest, count);
      return prediction;
    } catch (error) {
      if (isFixed || count === 1 || count <= this.#largest) throw error;
      const first = Math.max(this.#largest, Math.floor(count / 2));
      const imageValues = countPixelBytes(this.#request.manifest.input);
      const one = await this.#predictOrSplit(values, first);
      const other = await this.#predictOrSplit(values.subarray(first * imageValues), count - first);
      this.#sizes.refuseAbove(this.#largest);
      const joined = Float64Array.from([...Array.from(one.values), ...Array.from(other.values)]);
      return { values: joined, shape: [count, ...one.shape.slice(1)], extras: [] };
    }
  }

  /**
   * Loads copies to try them, where enough images are left; nothing may be under way.
   *
   * @param nextCount - of the images in the batch that is next; null where it has no size yet
   */
  async consider(imagesLeft: number, nextCount: number | null): Promise<void> {
    if (!this.#isDecided) this.#decide(imagesLeft);
    // What was made ready for the model by itself is too much for one copy, which the others would wait for.
    if (this.#wanted === 0 || (nextCount ?? 0) > this.batchSize) return;
    const count = this.#wanted;
    this.#wanted = 0;
    const { bundleDirectory, manifest, threads } = this.#request;
    const devices = [findKind(this.#model.device)];
    const copy = { bundleDirectory, manifest, devices, threads: Math.max(1, Math.floor(threads / count)) };
    // An engine that can't be loaded twice goes on by itself.
    this.#copies = await loadCopies(copy, count).catch(() => null);
    if (this.#copies) this.#trial = [];
  }

  #decide(imagesLeft: number): void {
    const saved = this.#mostSaved * imagesLeft * this.#secondsByImage;
    if (saved < worthSeconds || !Number.isFinite(saved)) return;
    if (this.#request.manifest.input.fixedBatchSize === null && !this.#sizes.isLargestKnown) return;
    this.#isDecided = true;
    const count = this.#countCopies();
    if (count > 1) this.#wanted = count;
  }

  /** Of the model by itself, at its fastest size. */
  get #secondsByImage(): number {
    const fixed = this.#request.manifest.input.fixedBatchSize;
    return takeUndisturbed(this.#paces.get(fixed ?? this.#sizes.fastest) ?? []);
  }

  #notePace(size: number, secondsByImage: number): void {
    this.#paces.set(size, [...(this.#paces.get(size) ?? []), secondsByImage].slice(-pacesKept));
  }

  /** Two may save half of the time; of a model whose threads have all cores already, no more than they waste. */
  get #mostSaved(): number {
    return this.#model.threads > 1 ? 0.1 : 0.5;
  }

  /**
   * Keeps copies that are not slower, and lets go of the model by itself, or of them. Even as fast they are better: what
   * else needs a core, such as the decoding of images, holds up one of them, and not the other.
   */
  async #judge(images: number): Promise<void> {
    const [trial, copies] = [this.#trial, this.#copies];
    if (!trial || !copies) return;
    trial.push({ at: performance.now(), images });
    const batches = trial.length / copies.count - 1;
    if (batches < batchesMeasured) return;
    const areSlower = takeUndisturbed(findPaces(trial, copies.count)) > this.#secondsByImage;
    if (areSlower && batches < mostBatchesMeasured) return;
    this.#trial = null;
    if (!areSlower) return await this.#model.release();
    this.#leaving = copies;
    this.#copies = null;
  }

  /** As many as the processor has threads for, and memory. */
  #countCopies(): number {
    const { threads, memoryLimitBytes, manifest } = this.#request;
    if (!mayBeCopied(manifest.engine, this.#model.device)) return 1;
    const used = process.memoryUsage.rss();
    const room = shareOfMemory * memoryLimitBytes - used;
    return Math.min(threads, mostCopies, Math.floor(room / Math.max(1, used - this.#emptyBytes)));
  }
}

/** A batch that a copy has predicted. */
interface Answer {
  readonly at: number;
  readonly images: number;
}

/** Seconds by image from each answer to the one that is as many later as there are copies; the first of each is left out. */
function findPaces(answers: readonly Answer[], copies: number): number[] {
  return answers.slice(copies).map(({ at }, place) => {
    const since = answers[place]?.at ?? 0;
    const images = answers.slice(place + 1, place + 1 + copies).reduce((sum, answer) => sum + answer.images, 0);
    return (at - since) / 1000 / images;
  });
}

/** The lower quartile: what else runs on the machine only ever adds. Infinite where there are none. */
function takeUndisturbed(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 4)] ?? Number.POSITIVE_INFINITY;
}
