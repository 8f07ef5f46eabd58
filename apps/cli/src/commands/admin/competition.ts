import { type CompetitionChanges, type CompetitionFileInput, competitionChangesSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { CommandContext } from '../../command-context.js';
import { chooseServer, type ServerConfig } from '../../config.js';
import { chooseCompetition } from '../../server/choose-phase.js';
import { requestJson } from '../../server/request.js';
import { confirm } from '../../terminal/confirm.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';
import { readCompetitionFile } from './read-competition-file.js';

interface ApplyOptions extends ServerCommandOptions {
  dryRun?: boolean;
  yes?: boolean;
}

/** `holdout admin competition …`: a competition as one file. */
export function addCompetitionCommands(admin: Command, context: CommandContext): void {
  const group = admin
    .command('competition')
    .summary('create or change a competition by its file')
    .description('A competition is one YAML file: its words, phases, test sets, quotas, ranking and release.');
  addApplyCommand(group, context);
  addShowCommand(group, context);
}

function addApplyCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('apply')
    .summary('create a competition, or change what differs')
    .description('Says what the file would change, and changes it. What would break history is refused.')
    .argument('<file>', 'the YAML file')
    .option('--dry-run', 'only say what would change')
    .option('-y, --yes', 'do not ask; where there is no terminal, nothing is asked')
    .addHelpText(
      'after',
      `
Examples:
  holdout admin competition show > mura.yaml
  holdout admin competition apply mura.yaml --dry-run`,
    );
  addServerOptions(command).action(async (path: string, options: ApplyOptions) => {
    const output = createOutput(options.json, environment);
    const file = await readCompetitionFile(path);
    const config = chooseServer(options, environment);
    const planned = await apply(config, file, { dryRun: true, signal });
    sayChanges(planned, output);
    if (options.dryRun || planned.changes.length === 0) {
      output.result(planned);
      return;
    }
    if (!options.yes && !options.json) await confirm('Apply this?', signal);
    const applied = await apply(config, file, { dryRun: false, signal });
    output.result(applied);
    output.say(applied.created ? 'The competition is there now.' : 'Changed.');
  });
}

function addShowCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('show')
    .summary('write a competition’s file')
    .description('Writes the competition as the file that apply takes, with everything that a file may leave out.')
    .option('--competition <name>', 'the competition; may be left out where the server has only one')
    .addHelpText('after', '\nExample:\n  holdout admin competition show --competition mura > mura.yaml');
  addServerOptions(command).action(async (options: ServerCommandOptions & { competition?: string }) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { competition } = await chooseCompetition(config, options.competition, signal);
    const path = `/api/competitions/${encodeURIComponent(competition)}/file`;
    const file = await requestJson(config, { path, schema: z.record(z.string(), z.unknown()), signal });
    output.result(file);
    output.say(stringify(file).trimEnd());
  });
}

function apply(
  config: ServerConfig,
  file: CompetitionFileInput,
  { dryRun, signal }: { dryRun: boolean; signal: AbortSignal },
): Promise<CompetitionChanges> {
  const path = `/api/competitions/${encodeURIComponent(file.competition)}?dryRun=${dryRun}`;
  return requestJson(config, { path, schema: competitionChangesSchema, method: 'PUT', body: file, signal });
}

function sayChanges({ competition, created, changes }: CompetitionChanges, output: Output): void {
  if (changes.length === 0) {
    output.say(`Nothing changes: ${competition} is as the file says.`);
    return;
  }
  output.title(created ? `${competition} is new:` : `${competition} changes:`);
  for (const { path, from, to } of changes) {
    const [before, after] = [from, to].map((value) => printable(JSON.stringify(value)));
    output.say(from === null && created ? `  + ${path}: ${after}` : `  ~ ${path}: ${before} → ${after}`);
  }
}
