import { HoldoutError, makeProblem, makeSentence, showSize } from '@holdout/contracts';
import { type Extract, extract, type Header } from 'tar-stream';
import type { BundleFile, BundleFiles } from '../bundle-files.js';
import { type ByteSource, readChunks } from '../byte-source.js';
import type { BundleLimits } from '../limits.js';
import { refuseProblems } from '../problems.js';
import { type ArchiveEntry, checkEntries, isLitter, isTooLong } from './check-entries.js';

interface TarEntry {
  readonly header: Header;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Reads a tar.gz once from beginning to end and checks all entries. A tar.gz has no directory: each later look at a
 * file reads it again up to that file, so that memory stays small whatever the archive holds.
 *
 * @throws HoldoutError `archive_…`, with every problem
 */
export async function openTarGz(source: ByteSource, limits: BundleLimits): Promise<BundleFiles> {
  const entries: ArchiveEntry[] = [];
  for await (const { header, chunks } of readTar(source, limits)) {
    entries.push(describeEntry(header));
    for await (const _ of chunks);
    // An archive of millions of entries, or of names without end, is not read to its end.
    if (entries.length > limits.maxEntries || isTooLong(header.name)) break;
  }
  refuseProblems(checkEntries(entries, source.sizeBytes, limits));
  const isWanted = (path: string, kind: ArchiveEntry['kind']) => kind === 'file' && !isLitter(path);
  const files = entries
    .filter(({ path, kind }) => isWanted(path, kind))
    .map(({ path, sizeBytes }): BundleFile => ({ path, sizeBytes }));

  async function* walk() {
    for await (const { header, chunks } of readTar(source, limits)) {
      const { path, kind, sizeBytes } = describeEntry(header);
      if (isWanted(path, kind)) yield { file: { path, sizeBytes }, chunks };
      else for await (const _ of chunks);
    }
  }
  return {
    kind: 'tar.gz',
    files,
    litter: entries.flatMap(({ path, kind }) => (kind === 'file' && isLitter(path) ? [path] : [])),
    async *stream(path) {
      for await (const { file, chunks } of walk()) {
        if (file.path === path) {
          yield* chunks;
          return;
        }
        for await (const _ of chunks);
      }
      throw new RangeError(`There is no ${path} in the archive.`);
    },
    walk,
  };
}

function describeEntry({ name, type, size }: Header): ArchiveEntry {
  const kinds: Partial<Record<Header['type'], ArchiveEntry['kind']>> = {
    file: 'file',
    'contiguous-file': 'file',
    directory: 'folder',
    link: 'link',
    symlink: 'link',
  };
  // “./model.onnx” is what tar writes for a folder packed from within: the same path without its first part.
  const path = name.replace(/^(\.\/)+/, '');
  const isRoot = path === '' || path === '.';
  return {
    path: isRoot ? 'bundle/' : path,
    kind: isRoot ? 'folder' : (kinds[type] ?? 'device'),
    encrypted: false,
    sizeBytes: size,
  };
}

/** The entries of the tar inside the gzip, one after the other; each must be read before the next comes. */
async function* readTar(source: ByteSource, limits: BundleLimits): AsyncGenerator<TarEntry> {
  const unpack = extract();
  let failure: unknown;
  const feeding = feed(source, limits, unpack).catch((cause: unknown) => {
    failure = cause;
    unpack.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  });
  try {
    for await (const entry of unpack) {
      const { header } = entry;
      // POSIX lets a folder's header have a size, of nothing that follows; tar-stream would wait for it for ever.
      const hasContents = header.type !== 'directory';
      yield { header, chunks: hasContents ? explainErrors(entry, () => failure) : noChunks() };
    }
    await feeding;
    if (failure !== undefined) throw failure;
  } catch (error) {
    throw explainTarError(failure ?? error);
  } finally {
    unpack.destroy(null);
    await feeding;
  }
}

/** Unzips into the tar reader, and counts: what is found must keep to the limits, whatever the headers declare. */
async function feed(source: ByteSource, limits: BundleLimits, unpack: Extract): Promise<void> {
  const unzip = new DecompressionStream('gzip');
  const writer = unzip.writable.getWriter();
  const writing = (async () => {
    for await (const chunk of readChunks(source)) await writer.write(new Uint8Array(chunk));
    await writer.close();
  })();
  writing.catch(() => {});
  const reader = unzip.readable.getReader();
  let sizeBytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      sizeBytes += value.length;
      refuseTooMuch(sizeBytes, source.sizeBytes, limits);
      if (unpack.destroyed) return;
      if (!unpack.write(value)) await drained(unpack);
    }
    await writing;
    unpack.end(null);
  } finally {
    await reader.cancel().catch(() => {});
    await writer.abort(undefined).catch(() => {});
  }
}

function drained(unpack: Extract): Promise<void> {
  return new Promise((next) => {
    const done = () => {
      unpack.off('drain', done);
      unpack.off('close', done);
      next();
    };
    unpack.on('drain', done);
    unpack.on('close', done);
  });
}

function refuseTooMuch(sizeBytes: number, archiveSizeBytes: number, limits: BundleLimits): void {
  // Headers and padding: half a kilobyte for each entry and as much again to fill its last block.
  const paddingBytes = (limits.maxEntries + 2) * 2048;
  if (sizeBytes > limits.unpackedSizeBytes + paddingBytes) {
    const [found, expected] = [
      makeSentence('found_more_contents', {}),
      makeSentence('at_most', { limit: showSize(limits.unpackedSizeBytes) }),
    ];
    refuseProblems([makeProblem('archive_too_large', { found, expected })]);
  }
  if (sizeBytes > limits.maxRatio * archiveSizeBytes + 64 * 1024) {
    const sizes = { size: showSize(sizeBytes), archiveSize: showSize(archiveSizeBytes) };
    const [found, expected] = [
      makeSentence('found_more_contents_in', sizes),
      makeSentence('at_most_times', { times: limits.maxRatio }),
    ];
    refuseProblems([makeProblem('archive_ratio', { found, expected })]);
  }
}

async function* noChunks(): AsyncGenerator<Uint8Array> {}

async function* explainErrors(chunks: AsyncIterable<unknown>, failure: () => unknown): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw explainTarError(failure() ?? error);
  }
}

function explainTarError(cause: unknown): HoldoutError {
  if (cause instanceof HoldoutError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  const truncated = /unexpected end|premature|terminated|prematurely/i.test(words);
  return truncated
    ? new HoldoutError('archive_truncated', { sentences: [makeSentence('tar_cut', {})], cause })
    : new HoldoutError('archive_unreadable', { sentences: [makeSentence('tar_garbled', {})], cause });
}
