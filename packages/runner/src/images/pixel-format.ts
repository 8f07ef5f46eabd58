import type { ResolvedModelManifest } from '@holdout/contracts';

type Input = ResolvedModelManifest['input'];

/**
 * What of a model's input decides the pixels that it gets. The rest, normalisation and the order of channels, is done on
 * the way to the engine, so that models which differ only there share what was decoded.
 */
export type PixelFormat = Pick<Input, 'width' | 'height' | 'channels' | 'resize'>;

export function toPixelFormat({ width, height, channels, resize }: Input): PixelFormat {
  return { width, height, channels, resize };
}

/** Of one image: interleaved channels of 8 bits. */
export function countPixelBytes({ width, height, channels }: PixelFormat): number {
  return width * height * channels;
}
