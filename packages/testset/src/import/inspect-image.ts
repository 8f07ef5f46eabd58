import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** What is known of a picture once it is decoded. */
export interface InspectedImage {
  /** The sha256 of its size and pixels: the same for the same picture, however it was packed. */
  readonly picture: string;
  readonly width: number;
  readonly height: number;
}

const mostPixels = 64_000_000;

/**
 * Decodes an image wholly, so that one that is cut off is found.
 *
 * @returns the sentence that says what is wrong where it can't be used
 */
export async function inspectImage(bytes: Uint8Array): Promise<InspectedImage | { readonly problem: string }> {
  try {
    const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: mostPixels });
    const { format, depth } = await image.metadata();
    if (format !== 'png') return { problem: `is ${format ?? 'no picture'}; expected a PNG` };
    if (depth !== 'uchar' && depth !== 'ushort')
      return { problem: `has pixels of the type ${depth}; expected 8 or 16 bits` };
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const hash = createHash('sha256').update(`${info.width}x${info.height}x${info.channels}:`).update(data);
    return { picture: hash.digest('hex'), width: info.width, height: info.height };
  } catch (error) {
    return {
      problem: `can’t be decoded (${error instanceof Error ? error.message.split('\n')[0] : error}); expected a whole PNG`,
    };
  }
}
