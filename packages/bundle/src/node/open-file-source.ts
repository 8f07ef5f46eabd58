import { open } from 'node:fs/promises';
import type { ByteSource } from '../byte-source.js';

/** Up to this size a file is read once: an archive is asked for many small pieces, and each would be a wait of its own. */
const readAtOnceBytes = 4 * 1024 * 1024;

/** Opens a file on disk for reading anywhere in it. Close it afterwards. */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  const read = async (offset: number, lengthBytes: number) => {
    const buffer = new Uint8Array(lengthBytes);
    const { bytesRead } = await file.read(buffer, 0, lengthBytes, offset);
    return buffer.subarray(0, bytesRead);
  };
  const close = () => file.close();
  if (size > readAtOnceBytes) return { sizeBytes: size, read, close };
  const whole = await read(0, size);
  return { sizeBytes: size, read: async (offset, lengthBytes) => whole.slice(offset, offset + lengthBytes), close };
}
