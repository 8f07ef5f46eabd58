import type { PixelFormat } from '../pixel-format.js';

/** What the worker asks of the process that decodes. Both are our own programs. */
export type DecoderRequest =
  /** Decode an image file, and write its pixels into a file that is there. */
  | { kind: 'decode'; source: string; target: string; offset: number; format: PixelFormat }
  /** Put the sha256 of a file's first `bytes` behind them, and have all of it on the disk. */
  | { kind: 'seal'; target: string; bytes: number }
  /** Whether a file is of that length and what it was sealed as. */
  | { kind: 'verify'; target: string; bytes: number }
  /** Which libraries it decodes by. */
  | { kind: 'version' };

export type NumberedRequest = DecoderRequest & { id: number };

export interface DecoderAnswer {
  id: number;
  /** Of `verify` whether it is; of `version` the version. */
  result?: boolean | string;
  error?: { kind: 'image' | 'disk'; message: string; code: string | undefined };
}

/** Of a sha256, behind the pixels. */
export const sealBytes = 32;
