import { competitionChangesSchema, rerunSchema } from '@holdout/contracts';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { chooseCompetition, choosePhase } from '../../server/choose-phase.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { addPhaseOptions, type TestSetOptions } from './find-test-set.js';

const fileSchema = z.looseObject({
  phases: z.array(
    z.looseObject({
      phase: z.string(),
      release: z.looseObject({ board: z.string() }),
    }),
  ),
});

interface BoardOptions extends TestSetOptions {
  final?: string;
}

/** `holdout admin phase …`: what the board shows, without writing the competition's file; and running it anew. */
export function addPhaseCommands(admin: Command, { environment, signal }: CommandContext): void {
  const group = admin
    .command('phase')
    .summary('freeze a board, hide it, show it again, or run its submissions anew')
    .description('What a board shows from now on; the competition’s file says the same as release.board.');

  const add = (name: string, board: 'frozen' | 'hidden' | 'live', summary: string) => {
    const command = group
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .addHelpText('after', `\nExample:\n  holdout admin phase ${name} --competition mura --phase test`);
    if (board !== 'live') command.option('--final <time>', 'when everything is shown for good: 2027-01-31T12:00:00Z');
    addPhaseOptions(command).action(async (options: BoardOptions) => {
      const output = createOutput(options.json, environment);
      const config = chooseServer(options, environment);
      const { competition, ...found } = await chooseCompetition(config, options.competition, signal);
      const { phase } = choosePhase({ competition, ...found }, options.phase);
      const path = `/api/competitions/${encodeURIComponent(competition)}`;
      const file = await requestJson(config, { path: `${path}/file`, schema: fileSchema, signal });
      for (const each of file.phases) {
        if (each.phase !== phase) continue;
        Object.assign(each.release, { board, from: null }, options.final === undefined ? {} : { final: options.final });
      }
      const changes = await requestJson(config, {
        path,
        schema: competitionChangesSchema,
        method: 'PUT',
        body: file,
        signal,
      });
      output.result(changes);
      output.say(`The board of ${competition}/${phase} is ${board}.`);
    });
  };
  const command = group
    .command('rerun')
    .summary('run the submissions of a phase anew')
    .description('Runs submissions anew. What they have stays on the board until the new evaluations are scored.')
    .addOption(
      new Option('--which <which>', 'those on the board, those that failed by the server’s fault, or all')
        .choices(['entries', 'failed', 'all'])
        .makeOptionMandatory(),
    )
    .addHelpText('after', '\nExample:\n  holdout admin phase rerun --competition mura --phase test --which failed');
  addPhaseOptions(command).action(async ({ which, ...options }: TestSetOptions & { which: string }) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const competition = await chooseCompetition(config, options.competition, signal);
    const { phase } = choosePhase(competition, options.phase);
    const [one, other] = [competition.competition, phase].map(encodeURIComponent);
    const path = `/api/competitions/${one}/phases/${other}/rerun`;
    const rerun = await requestJson(config, { path, schema: rerunSchema, method: 'POST', body: { which }, signal });
    output.result(rerun);
    output.say(rerun.begun === 1 ? '1 submission is queued.' : `${rerun.begun} submissions are queued.`);
  });

  add('freeze', 'frozen', 'leave the board as it is; each team still sees its own scores');
  add('hide', 'hidden', 'show no score to anyone but organisers');
  add('show', 'live', 'show the board as it is');
}
