import { decodeImage } from '@holdout/runner/decode-image';
import { BaselineError } from '../baseline-error.js';

/** What a network of one size sees: pixels of 0 to 255, and how they become numbers. */
export interface ImageInput {
  readonly inputSize: number;
  readonly channels: 1 | 3;
  /** Of pixels from 0 to 1, one for each channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Images as the runner decodes and resizes them. */
export interface ImageStore {
  /** height × width × channels bytes. */
  read(path: string): Promise<Uint8Array>;
}

/**
 * Keeps decoded images in memory, as many as fit: a small network is trained faster than images are decoded. The others
 * are decoded each time.
 *
 * @param memoryBytes - the most that it keeps
 */
export function createImageStore(input: ImageInput, memoryBytes: number): ImageStore {
  const kept = new Map<string, Uint8Array>();
  const imageBytes = input.inputSize ** 2 * input.channels;
  return {
    async read(path) {
      const known = kept.get(path);
      if (known) return known;
      const pixels = await decode(path, input);
      if ((kept.size + 1) * imageBytes <= memoryBytes) kept.set(path, pixels);
      return pixels;
    },
  };
}

async function decode(path: string, { inputSize, channels }: ImageInput): Promise<Uint8Array> {
  try {
    return await decodeImage(path, { width: inputSize, height: inputSize, channels, resize: 'stretch' });
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new BaselineError(`${path} can’t be decoded: ${words}.`, 'Copy the image anew.', { cause });
  }
}
