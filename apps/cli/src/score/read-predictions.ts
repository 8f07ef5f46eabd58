import { readFile } from 'node:fs/promises';
import { type PredictedRow, readPredictedValues, readStudyTable } from '@holdout/runner';
import type { StudyFile } from './read-labels.js';

/** A probability means abnormal where it is greater. */
const threshold = 0.5;

/** Reads predictions as the server reads those of a program, and, as people write them, with blank lines anywhere. */
export async function readPredictions(file: string): Promise<StudyFile<PredictedRow>> {
  const table = readStudyTable(await readFile(file), { file, code: 'predictions_invalid', skipBlankLines: true });
  if (table.problem) return { file, studies: [], problems: [table.problem] };
  const { rows, problems } = readPredictedValues(table, { file, threshold });
  return { file, studies: rows, problems };
}
