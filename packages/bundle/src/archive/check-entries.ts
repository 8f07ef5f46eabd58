import {
  makeProblem,
  makeSentence,
  type ProblemItem,
  type ProblemWords,
  showOverLimit,
  showSize,
} from '@holdout/contracts';
import { type BundleLimits, pathLimits } from '../limits.js';
import { showName } from '../problems.js';

/** What an archive says of one entry, before anything of it is believed. */
export interface ArchiveEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'device';
  readonly encrypted: boolean;
  readonly sizeBytes: number;
}

/** What desktops leave beside the files. */
export function isLitter(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return parts.includes('__MACOSX') || name.startsWith('._') || /^(\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(name);
}

/**
 * Finds everything that is wrong with the names, kinds and declared sizes of an archive's entries.
 *
 * @param archiveSizeBytes - null for a folder, which has no ratio
 */
export function checkEntries(
  entries: readonly ArchiveEntry[],
  archiveSizeBytes: number | null,
  limits: BundleLimits,
): ProblemItem[] {
  const problems = entries.flatMap((entry) => checkEntry(entry));
  problems.push(...findClashes(entries), ...checkTotals(entries, archiveSizeBytes, limits));
  return problems;
}

function checkEntry({ path, kind, encrypted }: ArchiveEntry): ProblemItem[] {
  const problems: ProblemItem[] = [];
  const file = showName(path);
  const fault = findPathFault(path, kind) ?? findExcess(path);
  if (fault) problems.push(makeProblem('archive_path_unsafe', { file, ...fault }));
  if (kind === 'link' || kind === 'device') {
    const found = makeSentence(kind === 'link' ? 'found_link' : 'found_device', {});
    problems.push(makeProblem('archive_entry_kind', { file, found, expected: makeSentence('plain_entry', {}) }));
  }
  if (encrypted) {
    problems.push(
      makeProblem('archive_encrypted', {
        file,
        found: makeSentence('found_encrypted', {}),
        expected: makeSentence('without_password', {}),
      }),
    );
  }
  return problems;
}

interface PathFault {
  readonly found: ProblemWords;
  readonly expected: ProblemWords;
}

function findPathFault(path: string, kind: ArchiveEntry['kind']): PathFault | null {
  const parts = (kind === 'folder' ? path.replace(/\/$/, '') : path).split('/');
  const leaves = (found: ProblemWords): PathFault => ({ found, expected: makeSentence('inside_bundle', {}) });
  if (path.startsWith('/')) return leaves(makeSentence('found_absolute_path', {}));
  if (/^[a-zA-Z]:/.test(path)) return leaves(makeSentence('found_drive_letter', {}));
  if (path.includes('\\')) return leaves(makeSentence('found_backslash', {}));
  if (parts.includes('..')) return leaves('“..”');
  if (parts.some((part) => part === '' || part === '.')) {
    return leaves(makeSentence('found_empty_part', {}));
  }
  if (hasControlCharacter(path)) return leaves(makeSentence('found_control_character', {}));
  return null;
}

function findExcess(path: string): PathFault | null {
  const parts = path.replace(/\/$/, '').split('/');
  const { pathBytes, nameBytes, depth } = pathLimits;
  const longest = Math.max(...parts.map(countBytes));
  const atMost = (limit: number) => makeSentence('at_most', { limit });
  if (isTooLong(path)) {
    return { found: makeSentence('found_long_path', { bytes: countBytes(path) }), expected: atMost(pathBytes) };
  }
  if (longest > nameBytes) {
    return { found: makeSentence('found_long_name', { bytes: longest }), expected: atMost(nameBytes) };
  }
  if (parts.length > depth) {
    return { found: makeSentence('found_deep_path', { count: parts.length }), expected: atMost(depth) };
  }
  return null;
}

/** Whether a path is so long that the archive is not worth reading on: thousands like it would fill the memory. */
export function isTooLong(path: string): boolean {
  return countBytes(path) > pathLimits.pathBytes;
}

function countBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function hasControlCharacter(path: string): boolean {
  return [...path].some((character) => character < ' ' || character === '\u007f');
}

/** Two names that are one on some machine: the same, alike but for case or accents' spelling, or a file as a folder. */
function findClashes(entries: readonly ArchiveEntry[]): ProblemItem[] {
  const seen = new Map<string, ArchiveEntry>();
  const problems: ProblemItem[] = [];
  for (const entry of entries) {
    const key = foldName(entry.path.replace(/\/$/, ''));
    const other = seen.get(key);
    // A folder may be named more than once, by the same name.
    const sameFolder = other?.kind === 'folder' && entry.kind === 'folder' && other.path === entry.path;
    if (other && !sameFolder) {
      const found =
        other.path === entry.path
          ? makeSentence('found_name_twice', {})
          : makeSentence('found_name_alike', { name: showName(other.path) });
      problems.push(
        makeProblem('archive_name_clash', {
          file: showName(entry.path),
          found,
          expected: makeSentence('own_name', {}),
        }),
      );
    } else seen.set(key, entry);
  }
  const usedAsFolder = new Set([...seen.keys()].flatMap((key) => parentsOf(key).filter((parent) => seen.has(parent))));
  for (const [key, { path, kind }] of seen) {
    if (kind === 'folder' || !usedAsFolder.has(key)) continue;
    const found = makeSentence('found_file_as_folder', {});
    problems.push(
      makeProblem('archive_name_clash', { file: showName(path), found, expected: makeSentence('own_name', {}) }),
    );
  }
  return problems;
}

function foldName(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function checkTotals(
  entries: readonly ArchiveEntry[],
  archiveSizeBytes: number | null,
  limits: BundleLimits,
): ProblemItem[] {
  const problems: ProblemItem[] = [];
  const total = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (entries.length > limits.maxEntries) {
    const [found, expected] = [
      makeSentence('found_entries', { count: entries.length }),
      makeSentence('at_most', { limit: limits.maxEntries }),
    ];
    problems.push(makeProblem('archive_too_many_entries', { found, expected }));
  }
  if (total > limits.unpackedSizeBytes) {
    const [size, limit] = showOverLimit(total, limits.unpackedSizeBytes);
    const [found, expected] = [makeSentence('found_contents', { size }), makeSentence('at_most', { limit })];
    problems.push(makeProblem('archive_too_large', { found, expected }));
  }
  if (archiveSizeBytes !== null && total > limits.maxRatio * archiveSizeBytes) {
    const sizes = { size: showSize(total), archiveSize: showSize(archiveSizeBytes) };
    const [found, expected] = [
      makeSentence('found_contents_in', sizes),
      makeSentence('at_most_times', { times: limits.maxRatio }),
    ];
    problems.push(makeProblem('archive_ratio', { found, expected }));
  }
  return problems;
}
