import type { ResolvedModelManifest } from '@holdout/contracts';

/** What of a model's input says how pixels become numbers. */
export type Normalisation = Pick<ResolvedModelManifest['input'], 'channels' | 'scale' | 'mean' | 'std' | 'layout'>;

/**
 * Makes numbers of one image's pixels: each becomes `((pixel · scale) − mean) / std`.
 *
 * @param bytes - rows of interleaved channels
 * @param into - receives channels × height × width numbers from `offset` on: planes (nchw) or interleaved (nhwc)
 */
export function normalisePixels(
  bytes: Uint8Array,
  { channels, scale, mean, std, layout }: Normalisation,
  into: Float32Array,
  offset: number,
): void {
  const factorOf = (channel: number) => scale / (std[channel] ?? 1);
  const shiftOf = (channel: number) => -(mean[channel] ?? 0) / (std[channel] ?? 1);
  const [factor, shift] = [factorOf(0), shiftOf(0)];
  if (channels === 1) {
    for (let place = 0; place < bytes.length; place += 1) into[offset + place] = (bytes[place] ?? 0) * factor + shift;
    return;
  }
  // All three in one pass: the bytes are read once, and in their order.
  const [greenFactor, greenShift, blueFactor, blueShift] = [factorOf(1), shiftOf(1), factorOf(2), shiftOf(2)];
  const [step, plane] = layout === 'nchw' ? [1, bytes.length / channels] : [channels, 1];
  const [green, blue] = [plane, 2 * plane];
  for (let source = 0, target = offset; source < bytes.length; source += 3, target += step) {
    into[target] = (bytes[source] ?? 0) * factor + shift;
    into[target + green] = (bytes[source + 1] ?? 0) * greenFactor + greenShift;
    into[target + blue] = (bytes[source + 2] ?? 0) * blueFactor + blueShift;
  }
}
