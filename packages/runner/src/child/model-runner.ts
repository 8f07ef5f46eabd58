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

/** What copies must be expected to save for their loading, and their first batches, to be worth it. */
const worthSeconds = 5;
/** More copies share more of what one has for itself: caches, and the way to memory. */
const mostCopies = 4;
/** Of the images that are left: each copy makes itself ready by one batch, and is measured by the next ones. */
const batchesMeasured = 4;
const shareOfMemory = 0.7;
/** So much less time an image must take. */
const gain = 0.95;

/**
 * Runs a model in the way that is fastest: with so many images at once, and where many are left, as several copies that share
 * the processor, if these prove to be faster than one on all of it.
 */
export class ModelRunner {
  readonly #model: LoadedModel;
  readonly #request: LoadRequest;
  readonly #sizes: BatchSizes;
  readonly #emptyBytes: number;
  #batches = 0;
  /** Images that it was given at once, and could predict. */
  #largest = 0;
  #secondsByImage = Number.POSITIVE_INFINITY;
  #copies: Copies | null = null;
  #leaving: Copies | null = null;
  #trial: Trial | null = null;
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

  /** Of the next batch that is made ready. */
  get batchSize(): number {
    const fixed = this.#request.manifest.input.fixedBatchSize;
    if (fixed !== null) return fixed;
    return this.#copies ? Math.max(1, Math.floor(this.#sizes.fastest / this.#copies.count)) : this.#sizes.current;
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
    if (this.#batches > 1) this.#secondsByImage = Math.min(this.#secondsByImage, seconds / batch.count);
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

  /** Loads copies to try them, where enough images are left; nothing may be under way. */
  async consider(imagesLeft: number): Promise<void> {
    const saved = this.#mostSaved * imagesLeft * this.#secondsByImage;
    if (this.#isDecided || saved < worthSeconds || !Number.isFinite(saved)) return;
    if (this.#request.manifest.input.fixedBatchSize === null && !this.#sizes.isSettled) return;
    this.#isDecided = true;
    const count = this.#countCopies();
    if (count < 2) return;
    const { bundleDirectory, manifest, threads } = this.#request;
    const devices = [findKind(this.#model.device)];
    const copy = { bundleDirectory, manifest, devices, threads: Math.max(1, Math.floor(threads / count)) };
    // An engine that can't be loaded twice goes on by itself.
    this.#copies = await loadCopies(copy, count).catch(() => null);
    if (this.#copies) this.#trial = { batches: 0, images: 0, startedAt: 0 };
  }

  /** Two may save half of the time; of a model whose threads have all cores already, no more than they waste. */
  get #mostSaved(): number {
    return this.#model.threads > 1 ? 0.1 : 0.5;
  }

  /** Copies that are no faster are let go of. */
  async #judge(images: number): Promise<void> {
    const [trial, copies] = [this.#trial, this.#copies];
    if (!trial || !copies) return;
    trial.batches += 1;
    if (trial.batches > copies.count) trial.images += images;
    if (trial.batches === copies.count) trial.startedAt = performance.now();
    if (trial.batches < (1 + batchesMeasured) * copies.count) return;
    this.#trial = null;
    const secondsByImage = (performance.now() - trial.startedAt) / 1000 / trial.images;
    if (secondsByImage < gain * this.#secondsByImage) return await this.#model.release();
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

interface Trial {
  batches: number;
  images: number;
  startedAt: number;
}
