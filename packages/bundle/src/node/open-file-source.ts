import { open } from 'node:fs/promises';
import type { ByteSource } from '../byte-source.js';

/** Opens a file on disk for reading anywhere in it. Close it afterwards. */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    sizeBytes: size,
    async read(offset, lengthBytes) {
      const buffer = new Uint8Array(lengthBytes);
      const { bytesRead } = await file.read(buffer, 0, lengthBytes, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}
