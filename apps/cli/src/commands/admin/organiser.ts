import { HoldoutError, organiserListSchema, sayAskedFor } from '@holdout/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandContext } from '../../command-context.js';
import { chooseServer, type ServerConfig } from '../../config.js';
import { chooseCompetition } from '../../server/choose-phase.js';
import { requestJson } from '../../server/request.js';
import { confirm } from '../../terminal/confirm.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { type Column, showTable } from '../../terminal/show-table.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

interface OrganiserOptions extends ServerCommandOptions {
  competition?: string;
}

type Organisers = z.infer<typeof organiserListSchema>['organisers'];

/** `holdout admin organiser …`: who organises a competition. */
export function addOrganiserCommands(admin: Command, context: CommandContext): void {
  const group = admin
    .command('organiser')
    .summary('say who organises a competition')
    .description('Who organises a competition. Its organisers see the list; site administrators change it.');
  addListCommand(group, context);
  addAddCommand(group, context);
  addRemoveCommand(group, context);
}

function addListCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('list')
    .summary('list who organises a competition')
    .description('Lists who organises a competition. Site administrators organise every one, and are in no such list.')
    .addHelpText(
      'after',
      '\nExamples:\n  holdout admin organiser list\n  holdout admin organiser list --competition mura --json',
    );
  addOptions(command).action(async (options: OrganiserOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const path = await findPath(config, options, signal);
    const answer = await requestJson(config, { path, schema: organiserListSchema, signal });
    output.result(answer);
    sayOrganisers(answer.organisers, output);
  });
}

function addAddCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('add')
    .summary('make a person an organiser')
    .description('Makes a person an organiser, by the address that they have proven. Who takes part can’t be one.')
    .argument('<email>', 'their e-mail address')
    .addHelpText('after', '\nExample:\n  holdout admin organiser add ada@example.org --competition mura');
  addOptions(command).action(async (email: string, options: OrganiserOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const path = await findPath(config, options, signal);
    const request = { path, schema: organiserListSchema, signal, method: 'POST', body: { email } } as const;
    const answer = await requestJson(config, request);
    output.result(answer);
    sayOrganisers(answer.organisers, output);
  });
}

function addRemoveCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('remove')
    .summary('let a person organise a competition no more')
    .description('Lets a person organise a competition no more. Site administrators still do.')
    .argument('<email>', 'their e-mail address')
    .option('-y, --yes', 'do not ask; where there is no terminal, nothing is asked')
    .addHelpText('after', '\nExample:\n  holdout admin organiser remove ada@example.org --competition mura');
  addOptions(command).action(async (email: string, options: OrganiserOptions & { yes?: boolean }) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const path = await findPath(config, options, signal);
    const { organisers } = await requestJson(config, { path, schema: organiserListSchema, signal });
    const found = findOrganiser(organisers, email);
    const shown = `${printable(found.name)} <${printable(found.email)}>`;
    if (!options.yes && !options.json) await confirm(`Take ${shown} out of the organisers?`, signal);
    const person = `${path}/${encodeURIComponent(found.id)}`;
    await requestJson(config, { path: person, schema: z.null(), signal, method: 'DELETE' });
    output.result({ removed: found });
    output.say(`${shown} does not organise it any more.`);
  });
}

function addOptions(command: Command): Command {
  const words = 'the competition; may be left out where the server has only one';
  return addServerOptions(command.option('--competition <name>', words));
}

async function findPath(config: ServerConfig, options: OrganiserOptions, signal: AbortSignal): Promise<string> {
  const { competition } = await chooseCompetition(config, options.competition, signal);
  return `/api/competitions/${encodeURIComponent(competition)}/organisers`;
}

/** @throws HoldoutError `organiser_not_found` with those that there are */
function findOrganiser(organisers: Organisers, email: string): Organisers[number] {
  const found = organisers.find((each) => each.email.toLowerCase() === email.toLowerCase());
  if (found) return found;
  const known = organisers.map((each) => each.email);
  throw new HoldoutError('organiser_not_found', { sentences: [sayAskedFor(email, known)] });
}

const columns: readonly Column[] = ['name', 'e-mail', 'since'].map((title) => ({ title, side: 'left' }));

function sayOrganisers(organisers: Organisers, output: Output): void {
  const rows = organisers.map(({ name, email, since }) => [name, email, since.slice(0, 10)]);
  const [head = '', ...lines] = showTable(columns, rows);
  output.title(rows.length === 0 ? 'Only site administrators organise it.' : head);
  for (const line of lines) output.say(line);
}
