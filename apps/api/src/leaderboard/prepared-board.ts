import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Leaderboard } from '@holdout/contracts';

/** Shorter than a packet, nothing is won by compressing it. */
const smallestCompressedBytes = 1400;

const compress = promisify(gzip);

/** A board as it is sent: written once, and compressed once, for all who ask. */
export class PreparedBoard {
  /** Names the contents: the same board always has the same version. */
  readonly version: string;
  readonly json: Buffer;
  #gzipped: Promise<Buffer> | undefined;
  #text: string | undefined;

  constructor(board: Leaderboard) {
    this.json = Buffer.from(JSON.stringify(board));
    this.version = createHash('sha256').update(this.json).digest('base64url').slice(0, 27);
  }

  /** For server-sent events. */
  get text(): string {
    this.#text ??= this.json.toString();
    return this.#text;
  }

  get isWorthCompressing(): boolean {
    return this.json.length >= smallestCompressedBytes;
  }

  gzipped(): Promise<Buffer> {
    this.#gzipped ??= compress(this.json);
    return this.#gzipped;
  }
}
