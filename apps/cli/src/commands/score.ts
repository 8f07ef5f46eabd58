import { HoldoutError } from '@holdout/contracts';
import { scorePredictions } from '@holdout/scoring';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { findCoverageProblems } from '../score/find-coverage-problems.js';
import { readLabels } from '../score/read-labels.js';
import { readPredictions } from '../score/read-predictions.js';
import { createOutput } from '../terminal/output.js';
import { sayScore } from '../terminal/show-score.js';

interface ScoreOptions {
  labels: string;
  predictions: string;
  json: boolean;
}

/** `holdout score`: the server's own scorer, offline. */
export function addScoreCommand(program: Command, { environment }: CommandContext): void {
  program
    .command('score')
    .summary('score predictions against labels, offline')
    .description(
      'Scores predictions against labels on this machine, exactly as the server does. Each study must be predicted\n' +
        'exactly once. The study type is read from the path: XR_WRIST is wrist.',
    )
    .requiredOption('--labels <file>', 'CSV: study,label or study,rad1,rad2,rad3 (an odd number; the majority counts)')
    .requiredOption('--predictions <file>', 'CSV: study,label or study,probability (abnormal above 0.5)')
    .option('--json', 'print the score as JSON', false)
    .addHelpText(
      'after',
      `
Both files may have a header or not, and slashes at the end of a study's path:

  MURA-v1.1/valid/XR_WRIST/patient11185/study1_positive/,1

Examples:
  holdout score --labels valid_labeled_studies.csv --predictions predictions.csv
  holdout score --labels labels.csv --predictions predictions.csv --json > score.json`,
    )
    .action(async (options: ScoreOptions) => {
      const output = createOutput(options.json, environment);
      const [labels, predictions] = await Promise.all([
        readLabels(options.labels),
        readPredictions(options.predictions),
      ]);
      const problems = [...labels.problems, ...predictions.problems, ...findCoverageProblems(labels, predictions)];
      const [first] = problems;
      if (first) {
        const detail = problems.length === 1 ? first.message : `There are ${problems.length} problems.`;
        throw new HoldoutError(first.code, { detail, problems });
      }
      const score = scorePredictions(labels.studies, predictions.studies);
      output.result(score);
      sayScore(score, output);
    });
}
