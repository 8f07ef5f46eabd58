import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { CommandError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { chooseCompetition, choosePhase } from '../../server/choose-phase.js';
import { requestStream } from '../../server/request.js';
import { addPhaseOptions, type TestSetOptions } from './find-test-set.js';

interface ExportOptions extends TestSetOptions {
  format: 'csv' | 'json';
  output?: string;
}

/** `holdout admin export …`: tables that an organiser takes away. */
export function addExportCommands(admin: Command, { environment, signal }: CommandContext): void {
  const group = admin
    .command('export')
    .summary('write the whole board, or every entry’s results by study, as CSV or JSON')
    .description('Tables for organisers, with exact values. That results were read is in the audit log.');

  const add = (name: 'leaderboard' | 'results', summary: string) => {
    const command = group
      .command(name)
      .summary(summary)
      .description(`Writes ${summary}.`)
      .addOption(new Option('--format <format>', 'csv or json').choices(['csv', 'json']).default('csv'))
      .option('-o, --output <file>', 'where to; standard output where it is left out')
      .addHelpText('after', `\nExample:\n  holdout admin export ${name} --phase test --format csv -o ${name}.csv`);
    addPhaseOptions(command).action(async (options: ExportOptions) => {
      const config = chooseServer(options, environment);
      const competition = await chooseCompetition(config, options.competition, signal);
      const { phase } = choosePhase(competition, options.phase);
      const [one, other] = [competition.competition, phase].map(encodeURIComponent);
      const path = `/api/competitions/${one}/phases/${other}/export/${name}?format=${options.format}`;
      const body = await requestStream(config, { path, signal });
      await write(body, options.output, signal);
    });
  };
  add('leaderboard', 'every entry with its metrics');
  add('results', 'what every entry said of every study, beside the gold standard');
}

/** A file that is there already is not touched. */
async function write(body: Readable, path: string | undefined, signal: AbortSignal): Promise<void> {
  if (path === undefined) {
    await pipeline(body, process.stdout, { end: false, signal });
    return;
  }
  await pipeline(body, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new CommandError({
      code: 'file_unusable',
      title: exists ? `${path} is there already.` : `${path} could not be written whole.`,
      next: exists ? 'Name another file, or remove it.' : 'Try again; what was written is not complete.',
      cause,
    });
  });
}
