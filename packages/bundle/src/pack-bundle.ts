import { configure, ZipWriter } from '@zip.js/zip.js';
import type { BundleFile, BundleFiles } from './bundle-files.js';

configure({ useWebWorkers: false });

/** A zip's times begin here; a fixed one lets the same files always give the same archive. */
const fixedTime = new Date(Date.UTC(1980, 0, 2));

interface PackOptions {
  /** Leaves the contents as they are, which pictures and weights hardly notice; the archive's size is then known before. */
  readonly stored?: boolean;
}

/** Packs files as a zip, sorted by name, so that the same files always give the same bytes. */
export function packBundle(
  bundle: Pick<BundleFiles, 'files' | 'stream'>,
  { stored = false }: PackOptions = {},
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const options = {
    lastModDate: fixedTime,
    extendedTimestamp: false,
    dataDescriptor: true,
    useUnicodeFileNames: true,
    ...(stored ? { level: 0 } : {}),
  };
  const packing = async () => {
    const writer = new ZipWriter(writable, options);
    const sorted = [...bundle.files].sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const { path } of sorted) await writer.add(path, toReadable(bundle.stream(path)));
    await writer.close();
  };
  packing().catch((error: unknown) => writable.abort(error).catch(() => {}));
  return readable;
}

/**
 * How many bytes `packBundle` makes of these files when it stores them: of each a header (30 bytes, with 20 for long
 * sizes), the contents, a descriptor (24) and a line of the directory (46), both with its name; and the directory's end (22).
 *
 * @throws RangeError for what a zip can hold only by its 64-bit directory, which has other sizes
 */
export function measureStored(files: readonly BundleFile[]): number {
  let sizeBytes = 22;
  for (const file of files) {
    sizeBytes += 30 + 20 + 24 + 46 + 2 * new TextEncoder().encode(file.path).length + file.sizeBytes;
  }
  if (files.length >= 2 ** 16 - 1 || sizeBytes >= 2 ** 32 - 1)
    throw new RangeError('That is too much for a plain zip.');
  return sizeBytes;
}

function toReadable(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const step = await iterator.next();
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
