import type { ProblemItem } from '@holdout/contracts';
import type { PredictedStudy } from '@holdout/scoring';
import type { StudyFile } from './read-labels.js';
import { describeProblem, quote, readTable } from './read-table.js';

/**
 * Reads predictions, `study,value` a line, as labels or as probabilities of *abnormal*. They are labels where every
 * value is 0 or 1 (1.0 too) and no header says `probability`; a probability means abnormal where it is greater than 0.5.
 */
export async function readPredictions(file: string): Promise<StudyFile<PredictedStudy>> {
  const { rows, header, problem } = await readTable(file, 'predictions_invalid');
  if (problem) return { file, studies: [], problems: [problem] };
  const problems: ProblemItem[] = [];
  const values = rows.map(({ line, cells }) => {
    const value = readValue(cells);
    if (typeof value === 'number') return value;
    problems.push(describeProblem('predictions_invalid', file, line, value.found, value.expected));
    return Number.NaN;
  });
  const areLabels = header?.[1] !== 'probability' && values.every((value) => value === 0 || value === 1);
  const studies = rows.map(({ study, line }, place) => {
    const value = values[place] ?? Number.NaN;
    const label = value > 0.5 ? (1 as const) : (0 as const);
    return { study, label, probability: areLabels ? null : value, line };
  });
  return { file, studies, problems };
}

const onlyOne = 'one value: study,label or study,probability';

function readValue([cell, ...more]: readonly string[]): number | { found: string; expected: string } {
  if (cell === undefined) return { found: 'a study without a value', expected: onlyOne };
  if (more.length > 0) return { found: `${more.length + 1} values`, expected: onlyOne };
  // Number alone would take '', '0x1' and ' 1 ' as well.
  const value = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  return { found: cell === '' ? 'an empty value' : quote(cell), expected: 'a number from 0 to 1' };
}
