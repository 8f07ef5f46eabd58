import { readFile } from 'node:fs/promises';
import type { ProblemItem } from '@holdout/contracts';
import { describeLine, quoteText, readStudyTable, type StudyRow } from '@holdout/runner';
import type { GoldStudy } from '@holdout/scoring';
import { studyTypeOf } from '../study-type.js';

/** A file of studies: what could be read, and everything that could not. */
export interface StudyFile<T> {
  readonly file: string;
  /** Those with problems too, so that coverage can be told at the same time. */
  readonly studies: readonly (T & { readonly line: number })[];
  readonly problems: readonly ProblemItem[];
}

/**
 * Reads a gold standard: `study,label`, or `study,rad1,rad2,rad3` with an odd number of readers, whose majority counts.
 * The study type is read from MURA's folder in the path (`XR_WRIST` → `wrist`).
 */
export async function readLabels(file: string): Promise<StudyFile<GoldStudy>> {
  const table = readStudyTable(await readFile(file), { file, code: 'labels_invalid', skipBlankLines: true });
  if (table.problem) return { file, studies: [], problems: [table.problem] };
  const columns = table.rows.find(({ cells }) => cells.length > 0)?.cells.length ?? 0;
  const firstLineOf = new Map<string, number>();
  const problems = table.rows.flatMap((row) => {
    const earlierLine = firstLineOf.get(row.study);
    if (earlierLine === undefined) firstLineOf.set(row.study, row.line);
    return findProblems(row, columns, earlierLine).map((what) =>
      describeLine('labels_invalid', { file, line: row.line, ...what }),
    );
  });
  const studies = table.rows.map(({ study, cells, line }) => {
    const abnormal = cells.filter((cell) => Number(cell) === 1).length;
    const label = abnormal * 2 > cells.length ? (1 as const) : (0 as const);
    return { study, studyType: studyTypeOf(study) ?? '', label, line };
  });
  return { file, studies, problems };
}

function findProblems({ study, cells }: StudyRow, columns: number, earlierLine: number | undefined) {
  const found: { found: string; expected: string }[] = [];
  const complain = (what: string, expected: string) => found.push({ found: what, expected });
  if (cells.length === 0) complain('a study without a label', 'study,label or study,rad1,rad2,rad3');
  else if (cells.length !== columns) complain(countOf(cells.length), `${columns}, as on the first line that has any`);
  else if (columns % 2 === 0) complain(`${columns} readers`, 'an odd number of them, so that there is a majority');
  for (const cell of cells) {
    if (!/^[01](\.0*)?$/.test(cell))
      complain(cell === '' ? 'an empty label' : `the label ${quoteText(cell)}`, '0 or 1');
  }
  if (studyTypeOf(study) === null) {
    complain(`the study ${quoteText(study)}`, 'a path with a study type, such as XR_WRIST/patient00001/study1');
  }
  if (earlierLine !== undefined) {
    complain(`the study ${quoteText(study)} once more`, `each study once (it stands on line ${earlierLine} already)`);
  }
  return found;
}

function countOf(labels: number): string {
  return labels === 1 ? '1 label' : `${labels} labels`;
}
