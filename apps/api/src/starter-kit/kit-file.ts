import type { OpenArchives } from './open-archives.js';

/** A file of a kit. Nothing of it is read before the archive comes to it. */
export interface KitFile {
  /** Below the kit's folder. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Changes when its bytes do. */
  readonly identity: string;
  read(archives: OpenArchives): AsyncIterable<Uint8Array>;
}

/** One that is made of words. */
export function textFile(path: string, text: string): KitFile {
  const bytes = Buffer.from(text, 'utf8');
  const read = async function* () {
    yield bytes;
  };
  return { path, sizeBytes: bytes.length, identity: text, read };
}
