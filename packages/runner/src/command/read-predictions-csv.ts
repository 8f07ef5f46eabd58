import { HoldoutError, type ProblemItem, type StudyPrediction } from '@holdout/contracts';
import { describeLine, quoteText } from './describe-line.js';
import { type PredictedRow, readPredictedValues } from './read-predicted-values.js';
import { cleanStudyPath, readStudyTable, type StudyTable } from './read-study-table.js';
import { predictionsFile as file } from './wrap-command.js';

export interface ReadPredictions {
  /** In the order of the studies; those without a line are left out. */
  readonly predictions: StudyPrediction[];
  /** Studies without a line. */
  readonly missing: string[];
}

const mostListed = 50;
const knownValueNames = ['label', 'probability', 'prediction', 'abnormal', 'value'];

/**
 * Reads what a program wrote of its studies: by MURA's contract `study,label` or `study,probability` a line, in any
 * order. The bytes may be anything; the time they take is in proportion to their number.
 *
 * @param studies - their paths, as the program was told them; a slash at the end makes no difference
 * @param threshold - a probability greater than this means abnormal
 * @returns the predictions in the order of `studies`, and the studies without a line, spelled as in `studies`
 * @throws HoldoutError `predictions_invalid`, `predictions_duplicate` or `predictions_unknown`, by the first line that
 *   is wrong, with a problem for each of the first 50
 */
export function readPredictionsCsv(
  bytes: Uint8Array,
  studies: readonly string[],
  { threshold }: { threshold: number },
): ReadPredictions {
  // With a header and so many more lines than studies, there are enough problems to list; what comes then isn't read.
  const mostRows = studies.length + mostListed + 2;
  const table = readStudyTable(bytes, { file, code: 'predictions_invalid', skipBlankLines: false, mostRows });
  if (table.problem) throw refuse([table.problem]);
  const { rows, problems: ofValues } = readPredictedValues(table, { file, threshold });
  // A blank line has its problem already, and is of no study.
  const written = rows.filter(({ study }, place) => study !== '' || table.rows[place]?.cells.length !== 0);
  const { rowOf, problems: ofStudies } = matchStudies(written, studies);
  const problems = [...checkHeader(table), ...ofValues, ...ofStudies];
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (rows.length > studies.length + mostListed) {
    const expected = `one for each of ${studies.length} studies`;
    const surplus = { file, line: rows.at(-1)?.line, found: 'still more lines', expected };
    problems.splice(mostListed - 1, 0, describeLine('predictions_invalid', surplus));
  }
  if (problems.length > 0) throw refuse(problems);

  const predictions = studies.flatMap((study): StudyPrediction[] => {
    const row = rowOf.get(cleanStudyPath(study));
    return row ? [{ study, probability: row.probability, label: row.label, imageProbabilities: [] }] : [];
  });
  return { predictions, missing: studies.filter((study) => !rowOf.has(cleanStudyPath(study))) };
}

function matchStudies(rows: readonly PredictedRow[], studies: readonly string[]) {
  const known = new Set(studies.map(cleanStudyPath));
  const rowOf = new Map<string, PredictedRow>();
  const problems: ProblemItem[] = [];
  for (const row of rows) {
    const { line, study } = row;
    const earlier = rowOf.get(study);
    if (!known.has(study)) {
      const found = study === '' ? 'a line without a study' : `the study ${quoteText(study)}`;
      problems.push(describeLine('predictions_unknown', { file, line, found, expected: expectStudy(study, known) }));
    } else if (earlier) {
      const expected = `each study once (it stands on line ${earlier.line} already)`;
      const found = `the study ${quoteText(study)} once more`;
      problems.push(describeLine('predictions_duplicate', { file, line, found, expected }));
    } else rowOf.set(study, row);
  }
  return { rowOf, problems };
}

/** What should stand there instead, by the mistakes that people make. */
function expectStudy(study: string, known: ReadonlySet<string>): string {
  const folder = study.slice(0, Math.max(0, study.lastIndexOf('/')));
  if (known.has(folder)) return `its study, ${quoteText(folder)}: one line a study, none an image`;
  const plain = study.replace(/_(?:positive|negative)$/i, '');
  if (plain !== study && known.has(plain)) return `it as in the list of images, ${quoteText(plain)}`;
  return 'a study of the list of images, as its path is spelled there';
}

function checkHeader({ header }: StudyTable): ProblemItem[] {
  if (header === null || (header.length === 2 && knownValueNames.includes(header[1] ?? ''))) return [];
  const found = `the header ${quoteText(header.join(','))}`;
  const expected = 'study,label or study,probability, or no header';
  return [describeLine('predictions_invalid', { file, line: 1, found, expected })];
}

function refuse(problems: readonly ProblemItem[]): HoldoutError {
  const [first] = problems;
  if (!first) throw new Error('There is nothing to refuse.');
  const listed = problems.slice(0, mostListed);
  const count =
    listed.length < problems.length
      ? `There are more than ${mostListed} problems, the first of them listed.`
      : `There are ${problems.length} problems.`;
  const detail = problems.length === 1 ? first.message : `${count} ${first.message}`;
  return new HoldoutError(first.code, { detail, problems: listed });
}
