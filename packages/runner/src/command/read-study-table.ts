import type { ErrorCode, ProblemItem } from '@holdout/contracts';
import { CsvError, type CsvErrorCode, parse } from 'csv-parse/sync';
import { decodeText } from './decode-text.js';
import { describeLine, quoteText } from './describe-line.js';

/** A line of a CSV file: a study, and what stands behind it. */
export interface StudyRow {
  /** From 1. */
  readonly line: number;
  /** Without a slash at its end and without `./` before it. */
  readonly study: string;
  readonly cells: readonly string[];
}

export interface StudyTable {
  /** In lower case; null where the file begins with a study at once. */
  readonly header: readonly string[] | null;
  /** Never empty where there is no problem. */
  readonly rows: readonly StudyRow[];
  /** Where there is one, nothing of the file could be read. */
  readonly problem: ProblemItem | null;
}

interface TableOptions {
  /** What the file is called in a sentence. */
  readonly file: string;
  /** What a problem with it is called. */
  readonly code: ErrorCode;
  /** Whether blank lines are passed over anywhere; else at the end only, and others are rows without a study. */
  readonly skipBlankLines: boolean;
  /** Read no further than this, the header among them; all where it is left out. */
  readonly mostRows?: number;
}

/** Far more than a path and its values need. What a person wrote has no such line; what a program wrote may. */
const longestRowBytes = 16 * 1024;

/**
 * Reads a CSV file of studies as people, programs and spreadsheets write them: with or without a header, a byte-order
 * mark, CRLF, quotes, and slashes at the end of the study's path. Takes time in proportion to the bytes, whatever they
 * are.
 */
export function readStudyTable(bytes: Uint8Array, options: TableOptions): StudyTable {
  const { file, code, skipBlankLines, mostRows } = options;
  const unreadable = (line: number | undefined, found: string, expected: string): StudyTable => {
    return { header: null, rows: [], problem: describeLine(code, { file, line, found, expected }) };
  };
  const { text, fault } = decodeText(bytes, longestRowBytes);
  if (fault) return unreadable(fault.line, fault.found, fault.expected);
  const rows: StudyRow[] = [];
  let lastLine = 0;
  const keep = (record: string[], { lines }: { lines: number }) => {
    lastLine = lines;
    const isBlank = record.every((cell) => cell === '');
    if (isBlank && skipBlankLines) return null;
    rows.push({ line: lines, study: cleanStudyPath(record[0] ?? ''), cells: record.slice(1) });
    return null;
  };
  try {
    parse(text, {
      on_record: keep,
      // Left to itself, it goes by the first line and takes a carriage return alone too.
      record_delimiter: ['\r\n', '\n'],
      max_record_size: longestRowBytes,
      relax_column_count: true,
      skip_empty_lines: skipBlankLines,
      trim: true,
      ...(mostRows === undefined ? {} : { to: mostRows }),
    });
    const header = rows[0] && isHeader(rows[0]) ? [rows[0].study, ...rows[0].cells] : null;
    const studies = header ? rows.slice(1) : rows;
    if (studies.length === 0) return unreadable(undefined, 'no study', 'a study on each line');
    return { header: header?.map((name) => name.toLowerCase()) ?? null, rows: studies, problem: null };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // A quote that is not closed is told where it is opened, on the line after the last whole one.
    const isOpen = openQuoteCodes.includes(error.code);
    const line = isOpen || typeof error.lines !== 'number' ? lastLine + 1 : error.lines;
    const found = isOpen ? 'a quote that is not closed' : `no CSV (${quoteText(error.message)})`;
    return unreadable(line, found, 'a comma between values and quotes that are closed');
  }
}

const openQuoteCodes: readonly CsvErrorCode[] = ['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE'];

/** A study's path as everybody writes it: without a slash at its end and without `./` before it. */
export function cleanStudyPath(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end--;
  return path.slice(0, end).replace(/^(?:\.\/)+/, '');
}

function isHeader({ study, cells }: StudyRow): boolean {
  return /^(study|path|study_path|image|id)$/i.test(study) && cells.every((cell) => !/^[\d.]+$/.test(cell));
}
