/** What bounds a batch, besides the engine's speed. */
interface Bounds {
  /** Of one image, as the engine gets it. */
  readonly imageBytes: number;
  /** Of this process, by the kernel. */
  readonly memoryLimitBytes: number;
  /** Resident now. */
  readonly readMemoryBytes: () => number;
}

const first = 4;
const most = 64;
/** The first batch of a size is one in which an engine makes itself ready for it. */
const batchesMeasured = 2;
/** Of a small size more batches: the first of all come while images are still being decoded on the same cores. */
const imagesMeasured = 16;
/** So much less time an image must take for a size to be worth a change. */
const gain = 0.95;
/** So many batches are held as numbers at a time: two ahead, one at work, one of the engine's own. */
const batchesHeld = 4;
const mostBatchBytes = 256 * 1024 * 1024;
const shareOfMemory = 0.7;

/**
 * Finds out with how many images at once a model is fastest, on the images that it is given anyway. It begins with four,
 * doubles while that is faster, or else halves while that is, and keeps to the fastest. What it learned in one list of images
 * holds for the next. No size is tried whose memory would come near the limit.
 */
export class BatchSizes {
  readonly #bounds: Bounds;
  readonly #mostByBytes: number;
  readonly #first: number;
  #candidate: Candidate;
  #best: Candidate | null = null;
  #step: 'up' | 'down' | 'none' = 'up';
  /** What the last doubling took of memory, by image. */
  #bytesByImage = 0;

  constructor(bounds: Bounds) {
    const { imageBytes, memoryLimitBytes } = bounds;
    const batchBytes = Math.min(mostBatchBytes, (shareOfMemory * memoryLimitBytes) / batchesHeld);
    this.#bounds = bounds;
    this.#mostByBytes = Math.floor(batchBytes / imageBytes);
    this.#first = Math.max(1, Math.min(first, this.#mostByBytes));
    this.#candidate = begin(this.#first);
  }

  /** Of the next batch that is made ready: what is being tried, or the fastest. */
  get current(): number {
    return this.#candidate.size;
  }

  /** The fastest of those that were measured. */
  get fastest(): number {
    return (this.#best ?? this.#candidate).size;
  }

  /** Whether larger ones are no better, or have no room. */
  get isLargestKnown(): boolean {
    return this.#step !== 'up';
  }

  /** @param seconds - that the engine took for a full batch of this size */
  learn(size: number, seconds: number): void {
    const candidate = this.#candidate;
    if (this.#step === 'none' || size !== candidate.size) return;
    candidate.batches += 1;
    if (candidate.batches > 1) candidate.secondsByImage = Math.min(candidate.secondsByImage, seconds / size);
    const measured = candidate.batches - 1;
    if (measured < batchesMeasured || measured * size < imagesMeasured) return;
    candidate.memoryBytes = this.#bounds.readMemoryBytes();
    this.#judge(candidate);
  }

  /** A larger batch than this one could not be predicted: none is tried again. */
  refuseAbove(size: number): void {
    this.#step = 'none';
    this.#best = this.#best && this.#best.size <= size ? this.#best : begin(size);
    this.#candidate = this.#best;
  }

  #judge(candidate: Candidate): void {
    const before = this.#best;
    const isFaster = !before || candidate.secondsByImage < gain * before.secondsByImage;
    if (before && candidate.size > before.size) {
      const grown = candidate.memoryBytes - before.memoryBytes;
      this.#bytesByImage = Math.max(this.#bytesByImage, grown / (candidate.size - before.size));
    }
    const best = isFaster || !before ? candidate : before;
    this.#best = best;
    // Larger ones are no better, not even the first of them: then perhaps smaller ones are.
    const isOver = !isFaster || !this.#mayTry(this.#stepFrom(best.size), best);
    if (isOver) this.#step = this.#step === 'up' && best.size === this.#first && best.size > 1 ? 'down' : 'none';
    this.#candidate = this.#step === 'none' ? best : begin(this.#stepFrom(best.size));
  }

  #stepFrom(size: number): number {
    return this.#step === 'up' ? size * 2 : size / 2;
  }

  #mayTry(size: number, { size: known, memoryBytes }: Candidate): boolean {
    if (size < 1 || size > Math.min(most, this.#mostByBytes)) return false;
    // An engine asks for more at once than it keeps.
    const added = (size - known) * (2 * this.#bytesByImage + batchesHeld * this.#bounds.imageBytes);
    return memoryBytes + added < shareOfMemory * this.#bounds.memoryLimitBytes;
  }
}

interface Candidate {
  readonly size: number;
  batches: number;
  secondsByImage: number;
  memoryBytes: number;
}

function begin(size: number): Candidate {
  return { size, batches: 0, secondsByImage: Number.POSITIVE_INFINITY, memoryBytes: 0 };
}
