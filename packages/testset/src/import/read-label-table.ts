import { makeSentence, type ProblemItem } from '@holdout/contracts';
import { parseStudyPath } from './parse-path.js';
import {
  checkReaders,
  type Label,
  problemAt,
  quote,
  type Row,
  readLabels,
  readRows,
  repeatedAt,
  type SourceTable,
} from './read-rows.js';

/** What a table says of each study, by the study's name without a label suffix. */
export interface LabelTable {
  readonly path: string;
  /** The readers' names, in the order of their columns; empty where it gives one label. */
  readonly readers: readonly string[];
  readonly rows: ReadonlyMap<string, { readonly line: number; readonly labels: readonly Label[] }>;
  readonly problems: readonly ProblemItem[];
}

/**
 * Reads `study,label` or `study,reader,reader,…` a line, as spreadsheets write it: with or without a header, a
 * byte-order mark, CRLF, blank lines, slashes at the end of a path; `1.0` for 1.
 *
 * @returns null where the table gives no labels, such as a list of images
 */
export function readLabelTable(table: SourceTable): LabelTable | null {
  const { path } = table;
  const rows = readRows(table);
  if (!Array.isArray(rows)) return { path, readers: [], rows: new Map(), problems: [rows] };
  const first = rows[0];
  if (!first || first.cells.length < 2) return null;
  const header = parseStudyPath(first.cells[0] ?? '') === null ? first : null;
  const columns = first.cells.length - 1;
  const named = header?.cells.slice(1) ?? [];
  const readers =
    columns === 1 ? [] : Array.from({ length: columns }, (_, place) => named[place] || `Reader ${place + 1}`);
  const problems = header ? checkReaders(path, header.line, readers) : [];
  if (problems.length > 0) return { path, readers: [], rows: new Map(), problems };
  return { path, readers, ...gatherRows(path, header ? rows.slice(1) : rows, columns) };
}

function gatherRows(path: string, rows: readonly Row[], columns: number) {
  const read = new Map<string, { line: number; labels: Label[] }>();
  const problems: ProblemItem[] = [];
  for (const { line, cells } of rows) {
    const [name = '', ...values] = cells;
    const place = parseStudyPath(name);
    if (!place) {
      problems.push(problemAt(path, line, quote(name), makeSentence('study_path', {})));
      continue;
    }
    if (values.length !== columns) {
      const found = makeSentence('found_values', { count: values.length });
      problems.push(problemAt(path, line, found, makeSentence('as_lines_before', { count: columns })));
      continue;
    }
    const before = read.get(place.study);
    if (before) problems.push(repeatedAt(path, line, place.study, before.line));
    const columnNames = values.map((_, column) => String(column + 2));
    const { labels, problems: wrong } = readLabels(path, line, values, columnNames);
    problems.push(...wrong);
    if (!before) read.set(place.study, { line, labels });
  }
  return { rows: read, problems };
}
