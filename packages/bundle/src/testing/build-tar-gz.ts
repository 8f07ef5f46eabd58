import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export interface TarEntry {
  path: string;
  data?: Uint8Array | string;
  type?: Header['type'];
  linkTo?: string;
  /** What the header of something without contents says of them. */
  declaredSizeBytes?: number;
}

/** Builds a tar.gz with whatever entries are asked for. */
export async function buildTarGz(entries: readonly TarEntry[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { path, data = '', type = 'file', linkTo, declaredSizeBytes: size } of entries) {
    const header = {
      name: path,
      type,
      ...(linkTo === undefined ? {} : { linkname: linkTo }),
      ...(size ? { size } : {}),
    };
    if (type === 'file') tar.entry(header, Buffer.from(data));
    else tar.entry(header);
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}
