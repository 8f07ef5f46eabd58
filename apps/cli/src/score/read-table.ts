import { readFile } from 'node:fs/promises';
import { type ErrorCode, HoldoutError, type ProblemItem } from '@holdout/contracts';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

const recordsSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/** A line of a CSV file: a study, and what stands behind it. */
export interface TableRow {
  readonly line: number;
  /** Without a slash at its end and without `./` before it. */
  readonly study: string;
  readonly cells: readonly string[];
}

/**
 * Reads a CSV file of studies as people and spreadsheets write them: with or without a header, a byte-order mark,
 * CRLF, blank lines, and slashes at the end of the study's path.
 *
 * @throws HoldoutError with `code`, where the file can't be read or is no CSV
 */
export async function readTable(path: string, code: ErrorCode): Promise<TableRow[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const detail = cause.code === 'ENOENT' ? `There is no file at ${path}.` : `${path} can’t be read (${cause.code}).`;
    throw new HoldoutError(code, { detail, cause });
  });
  const rows = parseCsv(text, path, code)
    .map(({ record, info }) => ({ line: info.lines, study: cleanStudy(record[0] ?? ''), cells: record.slice(1) }))
    .filter(({ study, cells }) => study !== '' || cells.some((cell) => cell !== ''));
  return rows[0] && isHeader(rows[0]) ? rows.slice(1) : rows;
}

/** Adds a problem about one line. */
export function lineProblem(code: ErrorCode, file: string, line: number, found: string, expected: string): ProblemItem {
  return { code, file, line, found, expected, message: `${file}, line ${line}: found ${found}; expected ${expected}.` };
}

function parseCsv(text: string, path: string, code: ErrorCode): z.infer<typeof recordsSchema> {
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
    return recordsSchema.parse(parse(text, options));
  } catch (cause) {
    const detail = `${path}: ${cause instanceof Error ? cause.message : cause}.`;
    throw new HoldoutError(code, { detail, cause });
  }
}

function isHeader({ study, cells }: TableRow): boolean {
  return /^(study|path|study_path|image|id)$/i.test(study) && cells.every((cell) => !/^[\d.]+$/.test(cell));
}

function cleanStudy(path: string): string {
  return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}
