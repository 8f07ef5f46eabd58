import { HoldoutError, type ProblemItem, type StudyPrediction } from '@holdout/contracts';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';

export interface ReadPredictions {
  /** In the order of the studies; those without a line are left out. */
  readonly predictions: StudyPrediction[];
  /** Studies without a line. */
  readonly missing: string[];
}

const recordsSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));
type Row = { readonly line: number; readonly cells: readonly string[] };

const fileName = 'predictions.csv';
const mostListed = 50;

/**
 * Reads what a program wrote by MURA's contract: a line a study, `path,label` or `path,probability`, with or without a
 * slash at the path's end, a byte-order mark, CRLF, blank last lines, and a header that is known. They are labels where
 * every value is 0 or 1 and no header says `probability`; otherwise they are probabilities, and a study is abnormal where
 * its own is greater than the threshold.
 *
 * @param studies - those that were to be predicted
 * @throws HoldoutError `predictions_invalid`, `predictions_unknown` or `predictions_duplicate`, with a problem for each
 *   line that is wrong
 */
export function readPredictionsCsv(
  bytes: Uint8Array,
  studies: readonly string[],
  { threshold }: { threshold: number },
): ReadPredictions {
  const { header, rows } = splitHeader(parseRows(decode(bytes), studies.length));
  const problems: ProblemItem[] = [];
  const known = new Set(studies);
  const values = new Map<string, { value: number; line: number }>();
  for (const { line, cells } of rows) {
    const study = cleanStudy(cells[0] ?? '');
    const value = readValue(cells);
    const earlier = values.get(study);
    if (!known.has(study)) problems.push(unknownStudy(study, line, known));
    else if (typeof value !== 'number')
      problems.push(problem('predictions_invalid', line, value.found, value.expected));
    else if (earlier) {
      const expected = `each study once (it stands on line ${earlier.line} already)`;
      problems.push(problem('predictions_duplicate', line, `the study ${quote(study)} once more`, expected));
    } else values.set(study, { value, line });
  }
  refuse(problems);
  const all = [...values.values()];
  const areLabels = header?.[1] !== 'probability' && all.every(({ value }) => value === 0 || value === 1);
  const predictions = studies.flatMap((study): StudyPrediction[] => {
    const given = values.get(study);
    if (!given) return [];
    const probability = areLabels ? null : given.value;
    const isAbnormal = areLabels ? given.value === 1 : given.value > threshold;
    return [{ study, probability, label: isAbnormal ? 1 : 0, imageProbabilities: [] }];
  });
  return { predictions, missing: studies.filter((study) => !values.has(study)) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return stop('bytes that are not UTF-8', 'text in UTF-8');
  }
}

function parseRows(text: string, studyCount: number): Row[] {
  if (text.trim() === '') return stop('an empty file', 'a line for each study: path,label or path,probability');
  // One more than a header and every study: what follows can only be wrong.
  const options = { info: true, relax_column_count: true, trim: true, to: studyCount + 2, max_record_size: 10_000 };
  try {
    const rows = recordsSchema
      .parse(parse(text.trimEnd(), options))
      .map(({ record, info }) => ({ line: info.lines, cells: record }));
    const [surplus] = rows.slice(studyCount + 1);
    if (surplus) stop('more lines than studies', `at most ${studyCount}, one for each study`, surplus.line);
    return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : undefined;
    return stop(`no CSV (${error.message.slice(0, 200)})`, 'a comma between values and quotes that are closed', line);
  }
}

function splitHeader(rows: Row[]): { header: string[] | null; rows: Row[] } {
  const [first, ...others] = rows;
  const names = first?.cells.map((cell) => cell.toLowerCase()) ?? [];
  const isHeader = /^(study|path|study_path|image|id)$/.test(names[0] ?? '') && !/^[\d.]+$/.test(names[1] ?? '');
  return isHeader ? { header: names, rows: others } : { header: null, rows };
}

function cleanStudy(path: string): string {
  return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}

function readValue([, cell, ...more]: readonly string[]): number | { found: string; expected: string } {
  const expected = 'one value: path,label or path,probability';
  if (cell === undefined) return { found: 'a study without a value', expected };
  if (more.length > 0) return { found: `${more.length + 1} values`, expected };
  // Number alone would take '', '0x1' and 'Infinity' as well.
  const value = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  return { found: cell === '' ? 'an empty value' : quote(cell), expected: 'a number from 0 to 1' };
}

function unknownStudy(study: string, line: number, known: ReadonlySet<string>): ProblemItem {
  const folder = study.slice(0, study.lastIndexOf('/'));
  const isImage = known.has(folder);
  const expected = isImage ? `the path of its study, ${quote(folder)}` : 'the path of a study, as its images have it';
  return problem('predictions_unknown', line, `${isImage ? 'the image' : 'the path'} ${quote(study)}`, expected);
}

function problem(code: ProblemItem['code'], line: number | undefined, found: string, expected: string): ProblemItem {
  const where = line === undefined ? fileName : `${fileName}, line ${line}`;
  const message = `${where}: found ${found}; expected ${expected}.`;
  return { code, file: fileName, ...(line === undefined ? {} : { line }), found, expected, message };
}

function refuse(problems: readonly ProblemItem[]): void {
  const [first] = problems;
  if (!first) return;
  const more = problems.length > 1 ? ` There are ${problems.length} problems; this is the first.` : '';
  throw new HoldoutError(first.code, { detail: `${first.message}${more}`, problems: problems.slice(0, mostListed) });
}

function stop(found: string, expected: string, line?: number): never {
  const only = problem('predictions_invalid', line, found, expected);
  throw new HoldoutError('predictions_invalid', { detail: only.message, problems: [only] });
}

function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
