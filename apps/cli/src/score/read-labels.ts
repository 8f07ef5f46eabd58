import { HoldoutError, type ProblemItem } from '@holdout/contracts';
import type { GoldStudy } from '@holdout/scoring';
import { lineProblem, readTable, type TableRow } from './read-table.js';

/**
 * Reads a gold standard: `study,label`, or `study,rad1,rad2,rad3` with an odd number of readers, whose majority counts.
 * The study type is read from MURA's folder in the path (`XR_WRIST` → `wrist`).
 *
 * @throws HoldoutError `labels_invalid` with every line that is wrong
 */
export async function readLabels(path: string): Promise<GoldStudy[]> {
  const rows = await readTable(path, 'labels_invalid');
  if (rows.length === 0) throw new HoldoutError('labels_invalid', { detail: `${path} has no study.` });
  const columns = rows[0]?.cells.length ?? 0;
  const problems: ProblemItem[] = [];
  const seen = new Map<string, number>();
  const gold = rows.map((row): GoldStudy => {
    checkRow(path, row, columns, seen, problems);
    const abnormal = row.cells.filter((cell) => Number(cell) === 1).length;
    return { study: row.study, studyType: typeOf(row.study) ?? '', label: abnormal * 2 > row.cells.length ? 1 : 0 };
  });
  const [first] = problems;
  if (first) {
    const detail = problems.length === 1 ? first.message : `There are ${problems.length} problems.`;
    throw new HoldoutError('labels_invalid', { detail, problems: problems.slice(0, 50) });
  }
  return gold;
}

function checkRow(
  path: string,
  row: TableRow,
  columns: number,
  seen: Map<string, number>,
  problems: ProblemItem[],
): void {
  const complain = (found: string, expected: string) =>
    problems.push(lineProblem('labels_invalid', path, row.line, found, expected));
  if (row.cells.length !== columns) complain(`${row.cells.length} labels`, `${columns}, as on the first line`);
  else if (columns === 0) complain('no label', 'study,label');
  else if (columns % 2 === 0) complain(`${columns} readers`, 'an odd number, so that there is a majority');
  for (const cell of row.cells) {
    if (!/^[01](\.0*)?$/.test(cell)) complain(cell === '' ? 'an empty label' : `“${cell}”`, '0 or 1');
  }
  if (!typeOf(row.study))
    complain(`“${row.study}”`, 'a path with the study type, such as XR_WRIST/patient00001/study1');
  const earlier = seen.get(row.study);
  if (earlier !== undefined) complain('a study that stands on two lines', `it only once (first on line ${earlier})`);
  else seen.set(row.study, row.line);
}

function typeOf(study: string): string | undefined {
  return /(?:^|\/)XR_([A-Za-z]+)(?:\/|$)/.exec(study)?.[1]?.toLowerCase();
}
