import type { ResolvedModelManifest } from '@holdout/contracts';
import type { Grid } from './class-activation.js';

type Input = ResolvedModelManifest['input'];

/** Squares of a sixth of each side, so many in a row and a column: each moves on by half of its own size. */
const placesOfSide = 12;
const squareOfSide = 1 / 6;

/** A rectangle of pixels that is covered. */
interface Square {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface OcclusionGrid {
  readonly width: number;
  readonly height: number;
  /** Row by row, from the top left. */
  readonly squares: readonly Square[];
}

/** Where the squares lie that an input of this size is covered by, one after the other. */
export function planOcclusion({ width, height }: Pick<Input, 'width' | 'height'>): OcclusionGrid {
  const [columns, rows] = [cover(width), cover(height)];
  const squares = rows.flatMap(([top, bottom]) => columns.map(([left, right]) => ({ left, top, right, bottom })));
  return { width: columns.length, height: rows.length, squares };
}

/** From where to where each square reaches along a side of `length` pixels. */
function cover(length: number): [number, number][] {
  const places = Math.min(placesOfSide, length);
  const half = Math.max(0.5, (length * squareOfSide) / 2);
  return Array.from({ length: places }, (_, place) => {
    const centre = ((place + 0.5) * length) / places;
    return [Math.max(0, Math.round(centre - half)), Math.min(length, Math.round(centre + half))];
  });
}

/**
 * Writes a copy of an image in which a square is covered with the image's own mean grey, which tells the model nothing.
 *
 * @param image - one image in the input's layout, ready for the engine
 * @param into - receives the copy, from `offset` on
 */
export function coverSquare(image: Float32Array, square: Square, input: Input, into: Float32Array, offset: number) {
  const { width, height, channels, layout } = input;
  into.set(image, offset);
  const [channelStep, pixelStep] = layout === 'nchw' ? [width * height, 1] : [1, channels];
  for (let channel = 0; channel < channels; channel += 1) {
    const start = channel * channelStep;
    const grey = meanOf(image, start, pixelStep, width * height);
    for (let y = square.top; y < square.bottom; y += 1) {
      for (let x = square.left; x < square.right; x += 1) into[offset + start + (y * width + x) * pixelStep] = grey;
    }
  }
}

function meanOf(image: Float32Array, start: number, step: number, count: number): number {
  let sum = 0;
  for (let pixel = 0; pixel < count; pixel += 1) sum += image[start + pixel * step] ?? 0;
  return sum / count;
}

/**
 * How much the probability falls where each square covers the image: Zeiler & Fergus, “Visualizing and understanding
 * convolutional networks”, ECCV 2014.
 */
export function mapFalls({ width, height }: OcclusionGrid, whole: number, covered: readonly number[]): Grid {
  return { width, height, values: covered.map((probability) => whole - probability) };
}
