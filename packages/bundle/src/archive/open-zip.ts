import { HoldoutError, makeSentence } from '@holdout/contracts';
import { configure, type Entry, type FileEntry, Reader, ZipReader } from '@zip.js/zip.js';
import type { BundleFile, BundleFiles } from '../bundle-files.js';
import type { ByteSource } from '../byte-source.js';
import type { BundleLimits } from '../limits.js';
import { refuseProblems, showName } from '../problems.js';
import { type ArchiveEntry, checkEntries, isLitter, isTooLong } from './check-entries.js';

configure({ useWebWorkers: false });

/**
 * Reads a zip's central directory and checks all entries.
 *
 * @throws HoldoutError `archive_…`, with every problem
 */
export async function openZip(
  source: ByteSource,
  limits: BundleLimits,
  { inPlaceBytes = 0 }: { readonly inPlaceBytes?: number } = {},
): Promise<BundleFiles> {
  // Which entries overlap is remembered by the reader, so each pass over the contents has a reader of its own.
  const entries = await listEntries(source, limits);
  refuseProblems(checkEntries(entries.map(describeEntry), source.sizeBytes, limits));
  const fileEntries = entries.filter((entry): entry is FileEntry => !entry.directory && !isLitter(entry.filename));
  const files = fileEntries.map((entry): BundleFile => ({ path: entry.filename, sizeBytes: entry.uncompressedSize }));
  const byPath = new Map(fileEntries.map((entry) => [entry.filename, entry]));
  return {
    kind: 'zip',
    files,
    litter: entries.flatMap(({ directory, filename }) => (!directory && isLitter(filename) ? [filename] : [])),
    stream(path) {
      const entry = byPath.get(path);
      if (!entry) throw new RangeError(`There is no ${path} in the archive.`);
      return readEntry(entry, { checkOverlap: false, inPlaceBytes });
    },
    async *walk() {
      for (const entry of await listEntries(source, limits)) {
        if (entry.directory || isLitter(entry.filename)) continue;
        const file = { path: entry.filename, sizeBytes: entry.uncompressedSize };
        yield { file, chunks: readEntry(entry, { checkOverlap: true, inPlaceBytes }) };
      }
    },
  };
}

async function listEntries(source: ByteSource, { maxEntries }: BundleLimits): Promise<Entry[]> {
  const reader = new ZipReader(new SourceReader(source), { filenameValidation: 'tolerant' });
  const entries: Entry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      entries.push(entry);
      // A directory of millions of entries, or of names without end, is not read to its end.
      if (entries.length > maxEntries || isTooLong(entry.filename)) break;
    }
  } catch (cause) {
    throw explainZipError(cause);
  }
  return entries;
}

function describeEntry(entry: Entry): ArchiveEntry {
  return {
    path: entry.filename,
    kind: kindOf(entry),
    encrypted: entry.encrypted,
    sizeBytes: entry.uncompressedSize,
  };
}

/** The upper half of the external attributes holds the Unix mode, where a tool wrote one. */
function kindOf(entry: Entry): ArchiveEntry['kind'] {
  const type = (entry.unixMode ?? entry.externalFileAttributes >>> 16) & 0o170000;
  if (entry.symlink || type === 0o120000) return 'link';
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) return 'device';
  return entry.directory ? 'folder' : 'file';
}

/** One entry's contents, checked against its declared size and checksum while they are read. */
async function* readEntry(
  entry: FileEntry,
  { checkOverlap, inPlaceBytes }: { checkOverlap: boolean; inPlaceBytes: number },
): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  let failure: unknown;
  const ended = { done: true as const, value: undefined };
  const done = entry.getData(writable, {
    checkCrc32: true,
    checkOverlappingEntry: checkOverlap,
    useCompressionStream: entry.uncompressedSize > inPlaceBytes,
    strictness: 'balanced',
  });
  // zip.js may fail before it touches the stream, whose reader would then wait for ever.
  const failed = new Promise<typeof ended>((resolve) => {
    done.catch((cause: unknown) => {
      failure = cause;
      resolve(ended);
    });
  });
  const reader = readable.getReader();
  let sizeBytes = 0;
  try {
    for (;;) {
      const step = await Promise.race([failed, reader.read().catch(() => failed)]);
      if (step.done) break;
      sizeBytes += step.value.length;
      if (sizeBytes > entry.uncompressedSize) throw lied(entry.filename, entry.uncompressedSize);
      yield step.value;
    }
    await done.catch(() => {});
    if (failure !== undefined) throw explainZipError(failure, entry.filename);
    if (sizeBytes !== entry.uncompressedSize) throw lied(entry.filename, entry.uncompressedSize);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function lied(path: string, declared: number): HoldoutError {
  const words = makeSentence('entry_size_wrong', { name: showName(path), bytes: declared });
  return new HoldoutError('archive_unreadable', { sentences: [words] });
}

/** zip.js tells its errors apart by their messages. */
function explainZipError(cause: unknown, path?: string): HoldoutError {
  if (cause instanceof HoldoutError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  const where = path === undefined ? [] : [makeSentence('at_entry', { name: showName(path) })];
  if (/encrypt/i.test(words)) return new HoldoutError('archive_encrypted', { sentences: where, cause });
  if (/end of central directory not found|out of bounds|header not found|central directory/i.test(words)) {
    return new HoldoutError('archive_truncated', {
      sentences: [...where, makeSentence('zip_list_missing', {})],
      cause,
    });
  }
  if (/overlapping/i.test(words)) {
    return new HoldoutError('archive_ratio', { sentences: [...where, makeSentence('entries_share', {})], cause });
  }
  return new HoldoutError('archive_unreadable', { sentences: [...where, makeSentence('zip_garbled', {})], cause });
}

/** Lets zip.js read our bytes. */
class SourceReader extends Reader<ByteSource> {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super(source);
    this.#source = source;
    this.size = source.sizeBytes;
  }

  override readUint8Array(offset: number, lengthBytes: number): Promise<Uint8Array> {
    return this.#source.read(offset, Math.max(0, Math.min(lengthBytes, this.#source.sizeBytes - offset)));
  }
}
