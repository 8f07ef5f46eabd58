import { readFile } from 'node:fs/promises';
import type { ErrorCode, ProblemItem } from '@holdout/contracts';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';

const recordsSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/** A line of a CSV file: a study, and what stands behind it. */
export interface TableRow {
  /** From 1. */
  readonly line: number;
  /** Without a slash at its end and without `./` before it. */
  readonly study: string;
  readonly cells: readonly string[];
}

export interface Table {
  /** In lower case; null where the file begins with a study at once. */
  readonly header: readonly string[] | null;
  readonly rows: readonly TableRow[];
  /** Where there is one, nothing of the file could be read. */
  readonly problem: ProblemItem | null;
}

/**
 * Reads a CSV file of studies as people and spreadsheets write them: with or without a header, a byte-order mark,
 * CRLF, blank lines, and slashes at the end of the study's path.
 *
 * @param code - what a problem with the file is called
 * @throws the file system's error where there is no such file
 */
export async function readTable(path: string, code: ErrorCode): Promise<Table> {
  const unreadable = (found: string, expected: string, line?: number): Table => {
    return { header: null, rows: [], problem: describeProblem(code, path, line, found, expected) };
  };
  let text: string;
  const bytes = await readFile(path);
  try {
    // This takes a byte-order mark away as well.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return unreadable('bytes that are not UTF-8', 'text in UTF-8 (in a spreadsheet: save as “CSV UTF-8”)');
  }
  try {
    const options = { info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
    const records = recordsSchema.parse(parse(text, options));
    const rows = records
      .map(({ record, info }) => ({ line: info.lines, study: cleanStudy(record[0] ?? ''), cells: record.slice(1) }))
      .filter(({ study, cells }) => study !== '' || cells.some((cell) => cell !== ''));
    const header = rows[0] && isHeader(rows[0]) ? [rows[0].study, ...rows[0].cells] : null;
    const studies = header ? rows.slice(1) : rows;
    if (studies.length === 0) return unreadable('no study', 'a study on each line');
    return { header: header?.map((name) => name.toLowerCase()) ?? null, rows: studies, problem: null };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : undefined;
    return unreadable(`no CSV (${error.message})`, 'a comma between values and quotes that are closed', line);
  }
}

/** One thing that is wrong with a file, as data and as a sentence that says the same. */
export function describeProblem(
  code: ErrorCode,
  file: string,
  line: number | undefined,
  found: string,
  expected: string,
): ProblemItem {
  const where = line === undefined ? file : `${file}, line ${line}`;
  const message = `${where}: found ${found}; expected ${expected}.`;
  return { code, file, ...(line === undefined ? {} : { line }), found, expected, message };
}

/** Text of a file as it may stand in a sentence. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

function isHeader({ study, cells }: TableRow): boolean {
  return /^(study|path|study_path|image|id)$/i.test(study) && cells.every((cell) => !/^[\d.]+$/.test(cell));
}

function cleanStudy(path: string): string {
  return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}
