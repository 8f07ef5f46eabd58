import { makeProblem, makeSentence, type ProblemItem, type ProblemWords, shownTextSchema } from '@holdout/contracts';
import { CsvError, type CsvErrorCode, parse } from 'csv-parse/sync';

export type Label = 0 | 1;

/** A table that came with the images. */
export interface SourceTable {
  readonly path: string;
  readonly text: string;
}

export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table's lines as spreadsheets write them: with a byte-order mark or CRLF; lines without a value are left out. */
export function readRows({ path, text }: SourceTable): Row[] | ProblemItem {
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const;
    const records = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return records
      .map(({ record, info }) => ({ line: info.lines, cells: record }))
      .filter(({ cells }) => cells.some((cell) => cell !== ''));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const found = makeSentence(csvFaults[error.code] ?? 'found_no_csv', {});
    return problemAt(path, typeof error.lines === 'number' ? error.lines : 1, found, makeSentence('csv_expected', {}));
  }
}

const csvFaults: Partial<Record<CsvErrorCode, 'found_open_quote' | 'found_stray_quote'>> = {
  CSV_QUOTE_NOT_CLOSED: 'found_open_quote',
  CSV_INVALID_CLOSING_QUOTE: 'found_stray_quote',
  INVALID_OPENING_QUOTE: 'found_stray_quote',
};

/**
 * The labels in the cells of one line, and what is wrong with them.
 *
 * @param names - what the cells' columns are called, in the words of a message
 */
export function readLabels(path: string, line: number, cells: readonly string[], names: readonly string[]) {
  const labels = cells.map(readLabel);
  const problems = labels.flatMap((label, place) => {
    if (label !== null) return [];
    const [value = '', column = ''] = [cells[place], names[place]];
    const found =
      value === ''
        ? makeSentence('found_empty_cell', { column })
        : makeSentence('found_in_column', { value: quote(value), column });
    return [problemAt(path, line, found, makeSentence('a_label', {}))];
  });
  return { labels: labels.map((label) => label ?? 0), problems };
}

/** Spreadsheets write 1 as `1.0` too. */
function readLabel(cell: string): Label | null {
  if (!/^[01](\.0*)?$/.test(cell)) return null;
  return cell.startsWith('1') ? 1 : 0;
}

export function problemAt(file: string, line: number, found: ProblemWords, expected: ProblemWords): ProblemItem {
  return makeProblem('test_set_invalid', { file, line, found, expected });
}

/** What is wrong with the readers' names in a header. */
export function checkReaders(path: string, line: number, readers: readonly string[]): ProblemItem[] {
  const twice = readers.find((name, place) => readers.indexOf(name) !== place);
  if (twice !== undefined) return [nameTwice(path, line, twice)];
  if (readers.includes('')) {
    return [problemAt(path, line, makeSentence('found_unnamed_column', {}), makeSentence('reader_name', {}))];
  }
  const odd = readers.find((name) => name.length > 100 || !shownTextSchema.safeParse(name).success);
  if (odd === undefined) return [];
  const found = makeSentence('found_odd_reader', { name: quote(odd) });
  return [problemAt(path, line, found, makeSentence('short_name', {}))];
}

/** A study, or an image, that an earlier line has too. */
export function repeatedAt(path: string, line: number, name: string, earlier: number): ProblemItem {
  return problemAt(path, line, makeSentence('found_again', { name, line: earlier }), makeSentence('it_once', {}));
}

export function nameTwice(path: string, line: number, name: string): ProblemItem {
  return problemAt(path, line, makeSentence('found_two_columns', { name: quote(name) }), makeSentence('own_names', {}));
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
