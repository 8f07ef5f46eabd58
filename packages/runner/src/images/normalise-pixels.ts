import type { ResolvedModelManifest } from '@holdout/contracts';

/**
 * Makes numbers of one image's pixels: each becomes `((pixel · scale) − mean) / std`.
 *
 * @param bytes - rows of interleaved channels
 * @param into - receives channels × height × width numbers from `offset` on: planes (nchw) or interleaved (nhwc)
 */
export function normalisePixels(
  bytes: Uint8Array,
  { channels, scale, mean, std, layout }: ResolvedModelManifest['input'],
  into: Float32Array,
  offset: number,
): void {
  const pixelCount = bytes.length / channels;
  const [step, plane] = layout === 'nchw' ? [1, pixelCount] : [channels, 1];
  for (let channel = 0; channel < channels; channel += 1) {
    const factor = scale / (std[channel] ?? 1);
    const shift = -(mean[channel] ?? 0) / (std[channel] ?? 1);
    let target = offset + channel * plane;
    for (let source = channel; source < bytes.length; source += channels) {
      into[target] = (bytes[source] ?? 0) * factor + shift;
      target += step;
    }
  }
}
