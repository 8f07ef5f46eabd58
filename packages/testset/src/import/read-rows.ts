import { type ProblemItem, shownTextSchema } from '@holdout/contracts';
import { CsvError, parse } from 'csv-parse/sync';

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
    return problemAt(path, typeof error.lines === 'number' ? error.lines : 1, `no CSV (${error.message})`, 'a CSV');
  }
}

/**
 * The labels in the cells of one line, and what is wrong with them.
 *
 * @param names - what the cells' columns are called, in the words of a message
 */
export function readLabels(path: string, line: number, cells: readonly string[], names: readonly string[]) {
  const labels = cells.map(readLabel);
  const problems = labels.flatMap((label, place) => {
    if (label !== null) return [];
    const found = cells[place] === '' ? 'an empty cell' : quote(cells[place] ?? '');
    return [problemAt(path, line, `${found} in column ${names[place]}`, '0 or 1')];
  });
  return { labels: labels.map((label) => label ?? 0), problems };
}

/** Spreadsheets write 1 as `1.0` too. */
function readLabel(cell: string): Label | null {
  if (!/^[01](\.0*)?$/.test(cell)) return null;
  return cell.startsWith('1') ? 1 : 0;
}

/** One problem of a line, as data and as a sentence that says the same. */
export function problemAt(file: string, line: number, found: string, expected: string): ProblemItem {
  const message = `${file}, line ${line}: found ${found}; expected ${expected}.`;
  return { code: 'test_set_invalid', file, line, found, expected, message };
}

/** What is wrong with the readers' names in a header. */
export function checkReaders(path: string, line: number, readers: readonly string[]): ProblemItem[] {
  const twice = readers.find((name, place) => readers.indexOf(name) !== place);
  if (twice !== undefined) return [problemAt(path, line, `two columns ${quote(twice)}`, 'a name of its own for each')];
  const unnamed = readers.includes('');
  if (unnamed) return [problemAt(path, line, 'a column without a name', 'a reader’s name')];
  const odd = readers.find((name) => name.length > 100 || !shownTextSchema.safeParse(name).success);
  if (odd === undefined) return [];
  return [
    problemAt(path, line, `the reader ${quote(odd)}`, 'a name of up to 100 characters without control characters'),
  ];
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
