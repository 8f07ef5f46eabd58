/** Bytes that can be read anywhere: a file on disk, or what a person dropped on a page. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Reads `lengthBytes` from `offset` on; fewer where the source ends before. */
  read(offset: number, lengthBytes: number): Promise<Uint8Array>;
}

const chunkBytes = 256 * 1024;

/** The whole source from its beginning, chunk by chunk. */
export async function* readChunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.sizeBytes; ) {
    const chunk = await source.read(offset, Math.min(chunkBytes, source.sizeBytes - offset));
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}

/** Gathers chunks into one array. Only for what is known to be small. */
export async function joinChunks(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
  }
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
