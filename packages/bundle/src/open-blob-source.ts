import type { ByteSource } from './byte-source.js';

/** Reads a file that a person chose on a page, wherever it is asked for: it is never in memory as a whole. */
export function openBlobSource(blob: Blob): ByteSource {
  return {
    sizeBytes: blob.size,
    read: async (offset, lengthBytes) => new Uint8Array(await blob.slice(offset, offset + lengthBytes).arrayBuffer()),
  };
}
