import { HoldoutError, submissionSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { usageError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { readPredictions } from '../../score/read-predictions.js';
import { chooseCompetition, choosePhase } from '../../server/choose-phase.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

interface ImportOptions extends ServerCommandOptions {
  competition?: string;
  phase?: string;
  team: string;
  name: string;
  link?: string;
  submittedAt?: string;
}

/** `holdout admin predictions import`: enters predictions that were made elsewhere. */
export function addPredictionsCommands(admin: Command, { environment, signal }: CommandContext): void {
  const group = admin
    .command('predictions')
    .summary('import predictions that were made elsewhere')
    .description('Predictions that were made elsewhere, as submissions without a bundle.');
  const command = group
    .command('import')
    .summary('enter a file of predictions for a team')
    .description('Enters a file of predictions for a team. Every study of the test set must be in it exactly once.')
    .argument('<file>', 'a CSV: study,label or study,probability on each line')
    .requiredOption('--team <name>', 'whose they are; a team that is new is made')
    .requiredOption('--name <text>', 'what the model is called')
    .option('--link <address>', 'where it is described')
    .option('--submitted-at <time>', 'when it was submitted elsewhere: 2018-05-23, 2018-05-23T10:00:00Z')
    .option('--competition <name>', 'the competition; may be left out where the server has only one')
    .option('--phase <name>', 'the phase; may be left out where the competition has only one')
    .addHelpText(
      'after',
      `
Example:
  holdout admin predictions import entry.csv --team "Base" --name "DenseNet-169" --submitted-at 2018-05-23 --phase test`,
    );
  addServerOptions(command).action(async (file: string, options: ImportOptions) => {
    const output = createOutput(options.json, environment);
    const { studies, problems } = await readPredictions(file);
    if (problems.length > 0) throw new HoldoutError('predictions_invalid', { problems });
    const config = chooseServer(options, environment);
    const competition = await chooseCompetition(config, options.competition, signal);
    const { phase } = choosePhase(competition, options.phase);
    const { team, name, link, submittedAt } = options;
    const body = {
      team,
      name,
      ...(link === undefined ? {} : { link }),
      ...(submittedAt === undefined ? {} : { submittedAt: readMoment(submittedAt) }),
      predictions: studies.map(({ study, label, probability }) => ({ study, label, probability })),
    };
    const path = `/api/competitions/${encodeURIComponent(competition.competition)}/phases/${encodeURIComponent(phase)}/predictions`;
    const submission = await requestJson(config, { path, schema: submissionSchema, signal, method: 'POST', body });
    output.result(submission);
    output.say(`“${printable(submission.name)}” of ${printable(submission.team)} is entered as ${submission.id}.`);
    output.say(`See its score: holdout status ${submission.id}`);
  });
}

function readMoment(text: string): string {
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw usageError(`--submitted-at: “${text}” is no moment.`, 'Give it as 2018-05-23 or 2018-05-23T10:00:00Z.');
}
