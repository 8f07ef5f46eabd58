import { scorePredictions } from '@holdout/scoring';
import { type Command, Option } from 'commander';
import { createOutput } from '../output.js';
import { readLabels } from '../score/read-labels.js';
import { readPredictions } from '../score/read-predictions.js';
import { showScore } from '../show-score.js';

interface ScoreOptions {
  labels: string;
  predictions: string;
  json: boolean;
}

/** `holdout score`: the server's own scorer, offline. */
export function addScoreCommand(program: Command): void {
  program
    .command('score')
    .summary('score predictions against labels, offline')
    .description('Scores predictions against labels on this machine, exactly as the server does.')
    .addOption(
      new Option('--labels <file>', 'CSV: study,label or study,rad1,rad2,rad3 (majority)').makeOptionMandatory(),
    )
    .addOption(new Option('--predictions <file>', 'CSV: study,label or study,probability').makeOptionMandatory())
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample:\n  holdout score --labels labels.csv --predictions predictions.csv\n')
    .action(async ({ labels, predictions, json }: ScoreOptions) => {
      const output = createOutput(json);
      const score = scorePredictions(await readLabels(labels), await readPredictions(predictions));
      output.result(score);
      for (const line of showScore(score)) output.say(line);
    });
}
