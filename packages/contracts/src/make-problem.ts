import type { ErrorCode, ProblemItem } from './errors.js';
import { type Sentence, writeSentence } from './sentences.js';

/** Words of the catalogue, or a value that is the same in every language. */
export type ProblemWords = Sentence | string;

/** Where something is wrong; nothing of it where it is the whole. */
export interface ProblemPlace {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly field?: string | undefined;
}

interface ProblemParts extends ProblemPlace {
  /** Left out where it is not to be repeated. */
  readonly found?: ProblemWords;
  readonly expected: ProblemWords;
}

/** One thing that is wrong, as data and as a sentence that says the same. */
export function makeProblem(code: ErrorCode, { found, expected, ...place }: ProblemParts): ProblemItem {
  const sentences = { ...ofCatalogue('found', found), ...ofCatalogue('expected', expected) };
  const words = `${found === undefined ? '' : `found ${write(found)}; `}expected ${write(expected)}.`;
  return {
    code,
    ...tellPlace(place),
    ...(found === undefined ? {} : { found: write(found) }),
    expected: write(expected),
    sentences,
    message: `${writePlace(place)}${words}`,
  };
}

/** The same where what was found and what was expected are not told apart. */
export function makeToldProblem(
  code: ErrorCode,
  { words, ...place }: ProblemPlace & { readonly words: Sentence },
): ProblemItem {
  return { code, ...tellPlace(place), sentences: { words }, message: `${writePlace(place)}${writeSentence(words)}` };
}

function tellPlace({ file, line, field }: ProblemPlace) {
  return {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(field === undefined ? {} : { field }),
  };
}

/** `labels.csv, line 3: `, `holdout.json: input.width: `. */
function writePlace({ file, line, field }: ProblemPlace): string {
  const lineOfFile = [file, line === undefined ? undefined : `line ${line}`].filter((part) => part !== undefined);
  const parts = [lineOfFile.join(', '), field ?? ''].filter((part) => part !== '');
  return parts.map((part) => `${part}: `).join('');
}

function ofCatalogue(part: 'found' | 'expected', words: ProblemWords | undefined) {
  return typeof words === 'object' ? { [part]: words } : {};
}

function write(words: ProblemWords): string {
  return typeof words === 'string' ? words : writeSentence(words);
}
