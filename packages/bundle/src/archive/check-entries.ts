import { type ProblemItem, showOverLimit, showSize } from '@holdout/contracts';
import { type BundleLimits, pathLimits } from '../limits.js';
import { makeProblem, showName } from '../problems.js';

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
    const found = kind === 'link' ? 'a link' : 'a device, socket or pipe';
    problems.push(makeProblem('archive_entry_kind', { file, found, expected: 'a plain file or folder' }));
  }
  if (encrypted) {
    problems.push(
      makeProblem('archive_encrypted', {
        file,
        found: 'an encrypted entry',
        expected: 'an archive without a password',
      }),
    );
  }
  return problems;
}

interface PathFault {
  readonly found: string;
  readonly expected: string;
}

function findPathFault(path: string, kind: ArchiveEntry['kind']): PathFault | null {
  const parts = (kind === 'folder' ? path.replace(/\/$/, '') : path).split('/');
  const leaves = (found: string): PathFault => ({ found, expected: 'a relative path inside the bundle' });
  if (path.startsWith('/')) return leaves('an absolute path');
  if (/^[a-zA-Z]:/.test(path)) return leaves('a drive letter');
  if (path.includes('\\')) return leaves('a backslash');
  if (parts.includes('..')) return leaves('“..”');
  if (parts.some((part) => part === '' || part === '.')) return leaves('an empty part or “.”');
  if (hasControlCharacter(path)) return leaves('a control character');
  return null;
}

function findExcess(path: string): PathFault | null {
  const parts = path.replace(/\/$/, '').split('/');
  const { pathBytes, nameBytes, depth } = pathLimits;
  const longest = Math.max(...parts.map(countBytes));
  if (isTooLong(path)) return { found: `a path of ${countBytes(path)} bytes`, expected: `at most ${pathBytes}` };
  if (longest > nameBytes) return { found: `a name of ${longest} bytes`, expected: `at most ${nameBytes}` };
  if (parts.length > depth) {
    return { found: `${parts.length} names, each in the one before`, expected: `at most ${depth}` };
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
          ? 'the same name twice'
          : `the same name as ${showName(other.path)} but for case or accents`;
      problems.push(
        makeProblem('archive_name_clash', { file: showName(entry.path), found, expected: 'a name of its own' }),
      );
    } else seen.set(key, entry);
  }
  const usedAsFolder = new Set([...seen.keys()].flatMap((key) => parentsOf(key).filter((parent) => seen.has(parent))));
  for (const [key, { path, kind }] of seen) {
    if (kind === 'folder' || !usedAsFolder.has(key)) continue;
    const found = 'a file that other entries use as a folder';
    problems.push(makeProblem('archive_name_clash', { file: showName(path), found, expected: 'a name of its own' }));
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
    const [found, expected] = [`${entries.length} entries`, `at most ${limits.maxEntries}`];
    problems.push(makeProblem('archive_too_many_entries', { found, expected }));
  }
  if (total > limits.unpackedSizeBytes) {
    const [size, limit] = showOverLimit(total, limits.unpackedSizeBytes);
    const [found, expected] = [`${size} of contents`, `at most ${limit}`];
    problems.push(makeProblem('archive_too_large', { found, expected }));
  }
  if (archiveSizeBytes !== null && total > limits.maxRatio * archiveSizeBytes) {
    const found = `${showSize(total)} of contents in an archive of ${showSize(archiveSizeBytes)}`;
    problems.push(makeProblem('archive_ratio', { found, expected: `at most ${limits.maxRatio} times the archive` }));
  }
  return problems;
}
