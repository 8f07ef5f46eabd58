import { type Random, randomFrom } from '@holdout/testset';
import type { ImageInput } from './image-store.js';

/** How an image is changed before it is learned from. */
export interface Augmentation {
  readonly mirrored: boolean;
  readonly degrees: number;
}

export const noAugmentation: Augmentation = { mirrored: false, degrees: 0 };
const mostDegrees = 30;

/** Lateral inversion of every other image, rotation by up to 30°: MURA's, by chance, the same for the same names. */
export function drawAugmentation(seed: string, epoch: number, image: number): Augmentation {
  const random: Random = randomFrom(seed, 'augmentation', epoch, image);
  return { mirrored: random.chance(0.5), degrees: random.between(-mostDegrees, mostDegrees) };
}

/**
 * Turns an image about its middle, mirrors it, and makes each value `(value/255 − mean) / std`. What comes in from outside
 * is black. Between pixels it is bilinear.
 *
 * @param pixels - height × width × channels bytes
 * @param into - receives as many numbers from `offset` on
 */
export function writeImage(
  pixels: Uint8Array,
  { inputSize: side, channels, mean, std }: ImageInput,
  { mirrored, degrees }: Augmentation,
  into: Float32Array,
  offset: number,
): void {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const middle = (side - 1) / 2;
  const factors = std.map((deviation) => 1 / 255 / deviation);
  const shifts = mean.map((value, channel) => -value / (std[channel] ?? 1));
  let target = offset;
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const right = mirrored ? middle - x : x - middle;
      const down = y - middle;
      const fromX = middle + cosine * right + sine * down;
      const fromY = middle - sine * right + cosine * down;
      for (let channel = 0; channel < channels; channel += 1) {
        const value = sample(pixels, side, channels, fromX, fromY, channel);
        into[target] = value * (factors[channel] ?? 1) + (shifts[channel] ?? 0);
        target += 1;
      }
    }
  }
}

function sample(pixels: Uint8Array, side: number, channels: number, x: number, y: number, channel: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < -1 || top < -1 || left >= side || top >= side) return 0;
  const [shareX, shareY] = [x - left, y - top];
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= side || row >= side
      ? 0
      : (pixels[(row * side + column) * channels + channel] ?? 0);
  const above = shareX === 0 ? at(left, top) : at(left, top) * (1 - shareX) + at(left + 1, top) * shareX;
  if (shareY === 0) return above;
  const below = shareX === 0 ? at(left, top + 1) : at(left, top + 1) * (1 - shareX) + at(left + 1, top + 1) * shareX;
  return above * (1 - shareY) + below * shareY;
}
