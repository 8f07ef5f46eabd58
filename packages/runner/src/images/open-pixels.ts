import { rm } from 'node:fs/promises';
import type { ResolvedModelManifest } from '@holdout/contracts';
import { startDecoder } from './decoder/start-decoder.js';
import { PixelCache } from './pixel-cache.js';
import { toPixelFormat } from './pixel-format.js';
import { PixelSet } from './pixel-set.js';
import type { RunImage } from './run-image.js';

/** Decodes images for models, and keeps what it decoded. */
export interface Pixels {
  /** Begins at once with what is not decoded yet. Close what it gives, whatever happens. */
  open(images: readonly RunImage[], input: ResolvedModelManifest['input']): PixelSet;
  /** How many images were decoded since it was opened: what was found decoded is not counted. */
  countDecoded(): number;
  close(): Promise<void>;
}

export interface PixelOptions {
  /** Of this machine's disk; its processes may share it. */
  readonly directory: string;
  /** How much of it is kept when it is not in use. */
  readonly limitBytes: number;
  /** Hears why decoded images could not be kept; they are used all the same. */
  readonly onUnkept?: (error: unknown) => void;
}

export async function openPixels({ directory, limitBytes, onUnkept = () => {} }: PixelOptions): Promise<Pixels> {
  const decoder = startDecoder();
  const cache = await PixelCache.open(directory, limitBytes, decoder);
  return {
    open: (images, input) => new PixelSet({ cache, decoder, format: toPixelFormat(input), onUnkept }, images),
    countDecoded: decoder.countDecoded,
    async close() {
      await decoder.close();
      await cache.close();
    },
  };
}

/** The same for one who keeps nothing. */
export async function openPixelsForOnce(makeFolder: () => string): Promise<Pixels> {
  const directory = makeFolder();
  const pixels = await openPixels({ directory, limitBytes: 0 });
  return {
    ...pixels,
    async close() {
      await pixels.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
