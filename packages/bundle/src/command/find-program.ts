import {
  type CommandManifest,
  commandPlaceholders,
  HoldoutError,
  makeProblem,
  makeSentence,
  manifestSchema,
} from '@holdout/contracts';
import type { BundleFile, BundleFiles } from '../bundle-files.js';
import { showName } from '../problems.js';
import { type ProgramHints, readProgramHints } from './read-program-hints.js';

/** What people call the program that predicts. */
const usualNames = ['predict.py', 'main.py', 'run.py', 'inference.py', 'evaluate.py', 'test.py'];
const mostListed = 20;

/** Whether the files are those of MURA's own contract: a program in `src/`, and at most plain words beside it. */
export function isProgramFolder({ files }: BundleFiles): boolean {
  return files.some(({ path }) => path.startsWith('src/')) && findForeignFile(files) === null;
}

/** The first file that stands neither in `src/` nor is plain text at the top; null where there is none. */
export function findForeignFile(files: readonly BundleFile[]): string | null {
  return files.find(({ path }) => !path.startsWith('src/') && !isPlainText(path))?.path ?? null;
}

/**
 * The manifest that a folder without one means: its one obvious program, run by MURA's contract. That is the only
 * `.py` directly in `src/`; else the only one that reads its arguments; else the only one with a usual name.
 *
 * @throws HoldoutError `program_ambiguous`, with the candidates and the `holdout.json` to write
 */
export async function findProgram(bundle: BundleFiles): Promise<CommandManifest> {
  const candidates = bundle.files
    .map(({ path }) => path)
    .filter((path) => /^src\/[^/]+\.py$/.test(path) && path !== 'src/__init__.py');
  const program = candidates.length > 1 ? chooseProgram(candidates, await readProgramHints(bundle, candidates)) : null;
  const manifest = writeManifest(program ?? (candidates.length === 1 ? candidates[0] : undefined));
  if (manifest === null) throw refuseToGuess(candidates);
  return manifest;
}

function chooseProgram(candidates: readonly string[], { readingArguments, imported }: ProgramHints): string | null {
  // What another file imports is a part of a program, even where it is the part that reads the arguments.
  const reading = candidates.filter((path) => readingArguments.has(path) && !imported.has(path));
  if (reading.length === 1) return reading[0] ?? null;
  const usual = (reading.length > 0 ? reading : candidates).filter((path) => usualNames.includes(nameOf(path)));
  return usual.length === 1 ? (usual[0] ?? null) : null;
}

/** null where the program's name is none that can be shown. */
function writeManifest(program: string | undefined): CommandManifest | null {
  if (program === undefined) return null;
  const command = ['python3', program, commandPlaceholders.images, commandPlaceholders.predictions];
  const { data } = manifestSchema.safeParse({ name: program, engine: 'command', command });
  return data?.engine === 'command' ? data : null;
}

function refuseToGuess(candidates: readonly string[]): HoldoutError {
  const listed = candidates.slice(0, mostListed).map(showName).join(', ');
  const more = candidates.length > mostListed ? `, … (+${candidates.length - mostListed})` : '';
  const found = candidates.length === 0 ? makeSentence('found_no_program', {}) : `${listed}${more}`;
  const manifest = JSON.stringify({
    name: 'My model',
    engine: 'command',
    command: ['python3', 'src/PROGRAM.py', commandPlaceholders.images, commandPlaceholders.predictions],
  });
  const expected = makeSentence('one_program', { manifest });
  const problem = makeProblem('program_ambiguous', { file: 'src', found, expected });
  return new HoldoutError('program_ambiguous', { detail: problem.message, problems: [problem] });
}

/** What people put beside a program and no program reads: a README, a licence, `.gitignore`, lists of packages. */
function isPlainText(path: string): boolean {
  if (path.includes('/')) return false;
  return (
    /^\.[a-z]/i.test(path) ||
    /\.(md|rst|txt|toml|cfg|ini|ya?ml|lock)$/i.test(path) ||
    /^(readme|licen[cs]e|copying|notice|authors|citation|changelog|changes|contributing|dockerfile|makefile)(\..*)?$/i.test(
      path,
    )
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
