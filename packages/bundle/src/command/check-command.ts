import {
  type CommandManifest,
  makeProblem,
  makeSentence,
  manifestFileName,
  type ProblemItem,
  type ResolvedCommandManifest,
  type Sentence,
} from '@holdout/contracts';
import type { BundleFiles } from '../bundle-files.js';
import { showName } from '../problems.js';

/** What the run puts beside the bundle's own files, in its working directory. */
const reservedNames: ReadonlyMap<string, Sentence> = new Map([
  ['MURA-v1.1', makeSentence('kept_for_images', {})],
  ['.tmp', makeSentence('kept_for_temporary', {})],
  ['valid_image_paths.csv', makeSentence('kept_for_image_list', {})],
  ['predictions.csv', makeSentence('kept_for_predictions', {})],
]);

/** Below this no interpreter starts. */
const leastMemoryBytes = 64 * 1024 ** 2;

/**
 * Checks a command as far as that is possible without running it: the files that it names are in the bundle, and none
 * of the bundle's stands where the run puts its own.
 *
 * @returns the complete manifest, or every problem
 */
export function checkCommand(
  bundle: BundleFiles,
  manifest: CommandManifest,
): { manifest: ResolvedCommandManifest } | { problems: ProblemItem[] } {
  const problems = [
    ...findMissingFiles(bundle, manifest.command),
    ...findReservedNames(bundle),
    ...checkMemory(manifest.memoryBytes),
  ];
  if (problems.length > 0) return { problems };
  const { image = null, memoryBytes = null, timeLimitSeconds = null } = manifest;
  return { manifest: { ...manifest, image, memoryBytes, timeLimitSeconds } };
}

function findMissingFiles({ files }: BundleFiles, command: readonly string[]): ProblemItem[] {
  const paths = new Set(files.flatMap(({ path }) => [path, ...foldersOf(path)]));
  return command.flatMap((word, place) => {
    const path = word.replace(/^(?:\.\/)+/, '').replace(/\/$/, '');
    if (!looksLikeFile(word, place, paths) || paths.has(path)) return [];
    const found = makeSentence('found_absent', { name: showName(word) });
    const [field, expected] = [`command.${place}`, makeSentence('bundle_file', {})];
    return [makeProblem('model_missing', { file: manifestFileName, field, found, expected })];
  });
}

/**
 * Whether a word of a command can only mean a file of the bundle. Words with a slash may mean anything, such as
 * `image/png`, unless they are the program itself, have an ending, or begin with a folder of the bundle.
 */
function looksLikeFile(word: string, place: number, paths: ReadonlySet<string>): boolean {
  // An absolute path, an option, a placeholder, a setting, a line for a shell, an address; what the run puts there.
  if (/^[/-]|[{}=\s]|:\/\//.test(word) || reservedNames.has(firstPartOf(word))) return false;
  if (/\.(?:py|sh)$/.test(word)) return true;
  if (!word.includes('/')) return false;
  return place === 0 || paths.has(firstPartOf(word)) || /[^/.]\.[A-Za-z]\w*$/.test(word);
}

function findReservedNames({ files }: BundleFiles): ProblemItem[] {
  const present = new Set(files.map(({ path }) => firstPartOf(path)));
  return [...reservedNames].flatMap(([name, expected]) => {
    if (!present.has(name)) return [];
    const found = makeSentence('found_at_top', { name });
    return [makeProblem('archive_name_reserved', { file: name, found, expected })];
  });
}

function checkMemory(memoryBytes: number | undefined): ProblemItem[] {
  if (memoryBytes === undefined || memoryBytes >= leastMemoryBytes) return [];
  const expected = makeSentence('enough_memory', { limit: leastMemoryBytes });
  const [field, found] = ['memoryBytes', makeSentence('found_bytes', { bytes: memoryBytes })];
  return [makeProblem('manifest_invalid', { file: manifestFileName, field, found, expected })];
}

function firstPartOf(path: string): string {
  return path.replace(/^(?:\.\/)+/, '').split('/', 1)[0] ?? '';
}

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, place) => parts.slice(0, place + 1).join('/'));
}
