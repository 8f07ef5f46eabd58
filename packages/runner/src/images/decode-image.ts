import sharp from 'sharp';
import type { PixelFormat } from './pixel-format.js';

const fits = { stretch: 'fill', contain: 'contain', cover: 'cover' } as const;

// libvips may use one thread an image: several images are decoded at once, and the engine needs the cores too.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Reads an image file as a model wants it, but for the normalisation. Colours become grey where the model has one channel
 * and the other way round; 16 bits become 8; what is transparent becomes black; `contain` fills the margins with black.
 *
 * @returns rows of interleaved channels, one byte each
 * @throws Error of the decoder where the file can't be read
 */
export async function decodeImage(path: string, { width, height, channels, resize }: PixelFormat): Promise<Buffer> {
  const pixels = await sharp(path)
    .flatten({ background: 'black' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .resize(width, height, { fit: fits[resize], background: 'black' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (pixels.info.channels !== channels) {
    throw new Error(`decoded to ${pixels.info.channels} channels where ${channels} were asked for`);
  }
  return pixels.data;
}
