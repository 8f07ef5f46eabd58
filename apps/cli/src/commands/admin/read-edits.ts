import { readFile } from 'node:fs/promises';
import { HoldoutError, type ProblemItem, type TestSetEdit } from '@holdout/contracts';
import { describeLine, quoteText, readStudyTable, type StudyRow } from '@holdout/runner';

/**
 * Reads an edit file: a line a change, `study,reader,label`. The label is 0, 1 or the word `withdraw`; the reader is
 * left empty where the study is withdrawn, or where the gold standard is given directly.
 *
 * @throws HoldoutError `test_set_invalid` with every line that is none
 */
export async function readEdits(path: string): Promise<TestSetEdit[]> {
  const options = { file: path, code: 'test_set_invalid', skipBlankLines: true } as const;
  const { rows, problem } = readStudyTable(await readFile(path), options);
  const problems: ProblemItem[] = problem ? [problem] : [];
  const edits: TestSetEdit[] = [];
  for (const row of rows) {
    const edit = readEdit(row);
    if (edit) edits.push(edit);
    else problems.push(describe(path, row));
  }
  if (problems.length > 0) throw new HoldoutError('test_set_invalid', { problems });
  return edits;
}

function readEdit({ study, cells }: StudyRow): TestSetEdit | null {
  const [reader = '', label = '', ...rest] = cells;
  if (study === '' || cells.length !== 2 || rest.length > 0) return null;
  if (label === 'withdraw') return reader === '' ? { withdraw: study } : null;
  if (label !== '0' && label !== '1') return null;
  return { relabel: study, label: label === '1' ? 1 : 0, ...(reader === '' ? {} : { reader }) };
}

function describe(file: string, { line, study, cells }: StudyRow): ProblemItem {
  const expected = 'study,reader,label with the label 0 or 1, or study,,withdraw';
  const found = quoteText([study, ...cells].join(','));
  return describeLine('test_set_invalid', { file, line, found, expected });
}
