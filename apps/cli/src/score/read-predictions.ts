import { HoldoutError, type ProblemItem } from '@holdout/contracts';
import type { PredictedStudy } from '@holdout/scoring';
import { lineProblem, readTable } from './read-table.js';

/**
 * Reads predictions, `study,value` a line. Where every value is 0 or 1 they are labels; otherwise they are
 * probabilities, and a study is called abnormal where its probability is greater than 0.5.
 *
 * @throws HoldoutError `predictions_invalid` with every line that is wrong
 */
export async function readPredictions(path: string): Promise<PredictedStudy[]> {
  const rows = await readTable(path, 'predictions_invalid');
  const problems: ProblemItem[] = [];
  const values = rows.map(({ line, cells }) => {
    const [cell = ''] = cells;
    const value = /^[+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
    if (cells.length !== 1)
      problems.push(
        lineProblem(
          'predictions_invalid',
          path,
          line,
          `${cells.length} values`,
          'one: study,label or study,probability',
        ),
      );
    else if (!(value >= 0 && value <= 1)) {
      problems.push(
        lineProblem('predictions_invalid', path, line, cell === '' ? 'nothing' : `“${cell}”`, 'a number from 0 to 1'),
      );
    }
    return value;
  });
  const [first] = problems;
  if (first) {
    const detail = problems.length === 1 ? first.message : `There are ${problems.length} problems.`;
    throw new HoldoutError('predictions_invalid', { detail, problems: problems.slice(0, 50) });
  }
  const areLabels = values.every((value) => value === 0 || value === 1);
  return rows.map(({ study }, index) => {
    const value = values[index] ?? 0;
    return { study, label: value > 0.5 ? 1 : 0, probability: areLabels ? null : value };
  });
}
