import type { ProblemItem } from '@holdout/contracts';
import { describeLine, quoteText } from './describe-line.js';
import type { StudyRow, StudyTable } from './read-study-table.js';

/** What a line predicts of its study. */
export interface PredictedRow {
  /** From 1. */
  readonly line: number;
  readonly study: string;
  readonly label: 0 | 1;
  /** Of *abnormal*, 0..1; null where the file holds labels only. */
  readonly probability: number | null;
}

/**
 * Reads the values of a table of predictions, as labels or as probabilities of *abnormal*. They are labels where every
 * value is 0 or 1 (1.0 too) and no header says `probability`; a probability means abnormal where it is greater than the
 * threshold. Rows with a problem are among the rows, with any label.
 */
export function readPredictedValues(
  { header, rows }: StudyTable,
  { file, threshold }: { file: string; threshold: number },
): { rows: PredictedRow[]; problems: ProblemItem[] } {
  const problems: ProblemItem[] = [];
  const values = rows.map((row) => {
    const { line } = row;
    const value = readValue(row);
    if (typeof value === 'number') return value;
    problems.push(describeLine('predictions_invalid', { file, line, ...value }));
    return Number.NaN;
  });
  const areLabels = header?.[1] !== 'probability' && values.every((value) => value === 0 || value === 1);
  const least = areLabels ? 0 : threshold;
  const predicted = rows.map(({ study, line }, place) => {
    const value = values[place] ?? Number.NaN;
    return { line, study, label: value > least ? (1 as const) : (0 as const), probability: areLabels ? null : value };
  });
  return { rows: predicted, problems };
}

const onlyOne = 'one value: study,label or study,probability';

function readValue({ study, cells }: StudyRow): number | { found: string; expected: string } {
  const [cell, ...more] = cells;
  if (cell === undefined && study === '') return { found: 'a blank line', expected: 'a study on each line' };
  if (cell === undefined) return { found: 'a study without a value', expected: onlyOne };
  if (more.length > 0) return { found: `${more.length + 1} values`, expected: onlyOne };
  // Number alone would take '', '0x1' and ' 1 ' as well. No two parts of this may take the same digits: a long cell
  // would be tried in as many ways as it has digits.
  const value = /^\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  return { found: cell === '' ? 'an empty value' : quoteText(cell), expected: 'a number from 0 to 1' };
}
