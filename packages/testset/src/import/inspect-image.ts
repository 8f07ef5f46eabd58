import { createHash } from 'node:crypto';
import { makeSentence, type Sentence } from '@holdout/contracts';
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
export async function inspectImage(bytes: Uint8Array): Promise<InspectedImage | { readonly problem: Sentence }> {
  try {
    const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: mostPixels });
    const { format, depth } = await image.metadata();
    if (format === undefined) return { problem: makeSentence('image_no_picture', {}) };
    if (format !== 'png') return { problem: makeSentence('image_no_png', { format }) };
    if (depth !== 'uchar' && depth !== 'ushort') return { problem: makeSentence('image_depth', { depth }) };
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const hash = createHash('sha256').update(`${info.width}x${info.height}x${info.channels}:`).update(data);
    return { picture: hash.digest('hex'), width: info.width, height: info.height };
  } catch (error) {
    const isTooLarge = error instanceof Error && /pixel limit/.test(error.message);
    if (isTooLarge) return { problem: makeSentence('image_pixels', { limit: mostPixels }) };
    return { problem: makeSentence('image_undecodable', {}) };
  }
}
