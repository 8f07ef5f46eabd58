import { configure, ZipWriter } from '@zip.js/zip.js';
import type { BundleFiles } from './bundle-files.js';

configure({ useWebWorkers: false });

/** A zip's times begin here; a fixed one lets the same files always give the same archive. */
const fixedTime = new Date(Date.UTC(1980, 0, 2));

/** Packs files as a zip, sorted by name, so that the same files always give the same bytes. */
export function packBundle(bundle: BundleFiles): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const options = { lastModDate: fixedTime, extendedTimestamp: false, dataDescriptor: true, useUnicodeFileNames: true };
  const packing = async () => {
    const writer = new ZipWriter(writable, options);
    const sorted = [...bundle.files].sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const { path } of sorted) await writer.add(path, toReadable(bundle.stream(path)));
    await writer.close();
  };
  packing().catch((error: unknown) => writable.abort(error).catch(() => {}));
  return readable;
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
