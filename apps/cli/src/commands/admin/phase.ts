import { competitionChangesSchema } from '@holdout/contracts';
import type { Command } from 'commander';
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
      goldReaders: z.array(z.string()).optional(),
      release: z.looseObject({ board: z.string() }),
    }),
  ),
});

interface BoardOptions extends TestSetOptions {
  final?: string;
}

/** `holdout admin phase …`: what the board shows, without writing the competition's file. */
export function addPhaseCommands(admin: Command, { environment, signal }: CommandContext): void {
  const group = admin
    .command('phase')
    .summary('freeze a board, hide it, or show it again')
    .description('What a board shows from now on. The competition’s file says the same as release.board.');

  const add = (name: string, board: 'frozen' | 'hidden' | 'live', summary: string) => {
    const command = group.command(name).summary(summary).description(`${summary}.`);
    if (board !== 'live') command.option('--final <time>', 'when everything is shown for good: 2027-01-31T12:00:00Z');
    addPhaseOptions(command).action(async (options: BoardOptions) => {
      const output = createOutput(options.json, environment);
      const config = chooseServer(options, environment);
      const { competition, ...found } = await chooseCompetition(config, options.competition, signal);
      const { phase } = choosePhase({ competition, ...found }, options.phase);
      const path = `/api/competitions/${encodeURIComponent(competition)}`;
      const file = await requestJson(config, { path: `${path}/file`, schema: fileSchema, signal });
      for (const each of file.phases) {
        // Labels that were given directly have no readers.
        if (each.goldReaders?.length === 0) delete each.goldReaders;
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
  add('freeze', 'frozen', 'Leave the board as it is; each team still sees its own scores');
  add('hide', 'hidden', 'Show no score to anyone but organisers');
  add('show', 'live', 'Show the board as it is');
}
