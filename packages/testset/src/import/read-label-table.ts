import type { ProblemItem } from '@holdout/contracts';
import { CsvError, parse } from 'csv-parse/sync';
import { parseStudyPath } from './parse-path.js';

type Label = 0 | 1;

/** A table that came with the images. */
export interface SourceTable {
  readonly path: string;
  readonly text: string;
}

/** What a table says of each study, by the study's name without a label suffix. */
export interface LabelTable {
  readonly path: string;
  /** The readers' names, in the order of their columns; empty where it gives one label. */
  readonly readers: readonly string[];
  readonly rows: ReadonlyMap<string, { readonly line: number; readonly labels: readonly Label[] }>;
  readonly problems: readonly ProblemItem[];
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads `study,label` or `study,reader,reader,…` a line, as spreadsheets write it: with or without a header, a
 * byte-order mark, CRLF, blank lines, slashes at the end of a path; `1.0` for 1.
 *
 * @returns null where the table gives no labels, such as a list of images
 */
export function readLabelTable({ path, text }: SourceTable): LabelTable | null {
  const rows = readRows(path, text);
  if (!Array.isArray(rows)) return { path, readers: [], rows: new Map(), problems: [rows] };
  const first = rows[0];
  if (!first || first.cells.length < 2) return null;
  const header = parseStudyPath(first.cells[0] ?? '') === null ? first : null;
  const columns = first.cells.length - 1;
  const named = header?.cells.slice(1) ?? [];
  const readers =
    columns === 1 ? [] : Array.from({ length: columns }, (_, place) => named[place] || `Reader ${place + 1}`);
  return { path, readers, ...readLabels(path, header ? rows.slice(1) : rows, columns) };
}

function readRows(path: string, text: string): Row[] | ProblemItem {
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

function readLabels(path: string, rows: readonly Row[], columns: number) {
  const read = new Map<string, { line: number; labels: Label[] }>();
  const problems: ProblemItem[] = [];
  for (const { line, cells } of rows) {
    const [name = '', ...values] = cells;
    const place = parseStudyPath(name);
    if (!place) {
      problems.push(problemAt(path, line, quote(name), 'a study such as XR_WRIST/patient00001/study1'));
      continue;
    }
    if (values.length !== columns) {
      problems.push(problemAt(path, line, `${values.length} values`, `${columns}, as in the lines before`));
      continue;
    }
    const before = read.get(place.study);
    if (before) problems.push(problemAt(path, line, `${place.study} again, after line ${before.line}`, 'it once'));
    const labels = values.map(readLabel);
    const wrong = labels.indexOf(null);
    if (wrong >= 0) {
      const found = values[wrong] === '' ? 'an empty cell' : quote(values[wrong] ?? '');
      problems.push(problemAt(path, line, `${found} in column ${wrong + 2}`, '0 or 1'));
    }
    if (!before) read.set(place.study, { line, labels: labels.map((label) => label ?? 0) });
  }
  return { rows: read, problems };
}

function readLabel(cell: string): Label | null {
  if (!/^[01](\.0*)?$/.test(cell)) return null;
  return cell.startsWith('1') ? 1 : 0;
}

/** One problem of a line, as data and as a sentence that says the same. */
function problemAt(file: string, line: number, found: string, expected: string): ProblemItem {
  const message = `${file}, line ${line}: found ${found}; expected ${expected}.`;
  return { code: 'test_set_invalid', file, line, found, expected, message };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
