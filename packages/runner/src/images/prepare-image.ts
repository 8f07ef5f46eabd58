import type { ResolvedModelManifest } from '@holdout/contracts';
import sharp from 'sharp';

type Input = ResolvedModelManifest['input'];

const fits = { stretch: 'fill', contain: 'contain', cover: 'cover' } as const;

// libvips may use one thread an image: several images are decoded at once, and the engine needs the cores too.
sharp.concurrency(1);
sharp.cache(false);

/** The first image that can't be decoded; null where all can. */
export async function findUnreadable(images: readonly { readonly path: string }[]): Promise<string | null> {
  for (const { path } of images) {
    const isReadable = await sharp(path)
      .stats()
      .then(() => true)
      .catch(() => false);
    if (!isReadable) return path;
  }
  return null;
}

/**
 * Reads an image file as the model wants it: decoded, resized, and each pixel made `((pixel · scale) − mean) / std`.
 * Colours become grey where the model has one channel and the other way round; 16 bits become 8; what is transparent
 * becomes black; `contain` fills the margins with black.
 *
 * @param into - receives channels × height × width numbers in the model's layout, from `offset` on
 * @throws Error of the decoder where the file can't be read
 */
export async function prepareImage(path: string, input: Input, into: Float32Array, offset: number): Promise<void> {
  const { width, height, channels } = input;
  const pixels = await sharp(path)
    .flatten({ background: 'black' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .resize(width, height, { fit: fits[input.resize], background: 'black' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (pixels.info.channels !== channels) {
    throw new Error(`decoded to ${pixels.info.channels} channels where ${channels} were asked for`);
  }
  normalise(pixels.data, input, into, offset);
}

/** From interleaved bytes to normalised numbers, planes (nchw) or interleaved (nhwc). */
function normalise(bytes: Uint8Array, input: Input, into: Float32Array, offset: number): void {
  const { channels, scale, mean, std, layout } = input;
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
