import { countPixelBytes } from './pixel-format.js';
import { PixelSegment, type SegmentTools } from './pixel-segment.js';
import type { RunImage } from './run-image.js';

/** Decoded images that follow each other in a file. */
export interface PixelExtent {
  readonly segment: PixelSegment;
  /** Of the first, counted in images from the file's beginning. */
  readonly place: number;
  readonly count: number;
}

/** Large enough for few files, small enough for a disk that has little room. */
const segmentBytes = 32 * 1024 * 1024;

/** The decoded images of one list, in files of a few hundred images; what is not decoded yet is decoded in order. */
export class PixelSet {
  readonly #tools: SegmentTools;
  readonly #list: readonly RunImage[];
  readonly #segments = new Map<number, Promise<PixelSegment>>();
  readonly #perSegment: number;

  constructor(tools: SegmentTools, list: readonly RunImage[]) {
    this.#tools = tools;
    this.#list = list;
    this.#perSegment = Math.max(1, Math.floor(segmentBytes / countPixelBytes(tools.format)));
    // The first ones at once, so that they are ready when they are asked for.
    if (list.length > 0) this.#open(0);
  }

  /** How many images a reader may be given ahead of those that it has used. */
  get lookAhead(): number {
    return 2 * this.#perSegment;
  }

  /** Where these images follow each other in the list; null where they don't. */
  find(images: readonly RunImage[]): number | null {
    const first = images[0] ? this.#list.indexOf(images[0]) : 0;
    return first >= 0 && images.every((image, place) => image === this.#list[first + place]) ? first : null;
  }

  /**
   * Gives images of the list, each as soon as it and all before it are decoded.
   *
   * @throws HoldoutError as `PixelSegment.waitFor`
   */
  async *read(first: number, count: number): AsyncGenerator<PixelExtent> {
    const end = first + count;
    for (let next = first; next < end; ) {
      const index = Math.floor(next / this.#perSegment);
      const begin = index * this.#perSegment;
      const segment = await this.#open(index);
      const ready = Math.min(end, begin + (await segment.waitFor(next - begin)));
      const extent = { segment, place: next - begin, count: ready - next };
      next = ready;
      yield extent;
      // Whoever reads on has a name of its own for the file.
      if (next === begin + this.#perSegment && next < end) this.#drop(index);
    }
  }

  /** Lets go of all, and stops what is being decoded. */
  close(): void {
    for (const index of [...this.#segments.keys()]) this.#drop(index);
  }

  #open(index: number): Promise<PixelSegment> {
    const first = index * this.#perSegment;
    const count = Math.min(this.#perSegment, this.#list.length - first);
    const segment = this.#segments.get(index) ?? PixelSegment.open(this.#tools, { list: this.#list, first, count });
    this.#segments.set(index, segment);
    // Told to who waits for it.
    segment.catch(() => {});
    return segment;
  }

  #drop(index: number): void {
    const segment = this.#segments.get(index);
    this.#segments.delete(index);
    // One that could not be opened has nothing to drop.
    segment?.then((opened) => opened.drop()).catch(() => {});
  }
}
