import type { ProblemItem } from '@holdout/contracts';
import { describeLine, quoteText } from '@holdout/runner';
import type { StudyFile } from './read-labels.js';

interface Named {
  readonly study: string;
}

/**
 * Every study that is not predicted exactly once, with the line that shows it. The scorer demands the same, but it
 * knows nothing of files and lines. Nothing is said where one of the files could not be read at all.
 */
export function findCoverageProblems(labels: StudyFile<Named>, predictions: StudyFile<Named>): ProblemItem[] {
  if (labels.studies.length === 0 || predictions.studies.length === 0) return [];
  const labelled = new Set(labels.studies.map(({ study }) => study));
  const firstLineOf = new Map<string, number>();
  const problems: ProblemItem[] = [];
  const missing: ProblemItem[] = [];
  for (const { study, line } of predictions.studies) {
    const earlierLine = firstLineOf.get(study);
    if (earlierLine === undefined) firstLineOf.set(study, line);
    if (!labelled.has(study)) {
      const [found, expected] = [`the study ${quoteText(study)}`, `only studies that ${labels.file} has`];
      problems.push(describeLine('predictions_unknown', { file: predictions.file, line, found, expected }));
    } else if (earlierLine !== undefined) {
      const expected = `each study once (it stands on line ${earlierLine} already)`;
      const found = `the study ${quoteText(study)} once more`;
      problems.push(describeLine('predictions_duplicate', { file: predictions.file, line, found, expected }));
    }
  }
  for (const { study, line } of labels.studies) {
    if (firstLineOf.has(study)) continue;
    const expected = `one for each study of ${labels.file} (this one is on its line ${line})`;
    const found = `no prediction for ${quoteText(study)}`;
    missing.push(describeLine('predictions_missing', { file: predictions.file, found, expected }));
  }
  return [...missing, ...problems];
}
