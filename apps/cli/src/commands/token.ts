import { createdTokenSchema, personalTokenListSchema, tokenScopes } from '@holdout/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { CommandContext } from '../command-context.js';
import { CommandError, usageError } from '../command-error.js';
import { chooseServer, type ServerConfig } from '../config.js';
import { requestJson } from '../server/request.js';
import { createOutput } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { type Column, showTable } from '../terminal/show-table.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

interface CreateOptions extends ServerCommandOptions {
  scope: string;
  competition?: string;
  expires: number | null;
}

/** `holdout token …`: what programs use in a person's place. */
export function addTokenCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('token')
    .summary('make, list and revoke tokens for programs')
    .description('Tokens act in your place, within their scope: for CI, scripts, other machines.');
  addCreateCommand(group, context);
  addListCommand(group, context);
  addRevokeCommand(group, context);
}

function addCreateCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('create')
    .summary('make a token, and show it once')
    .description(
      'Makes a token and prints it, this once. Servers that let only a signed-in person make tokens, since a stolen token\n' +
        'must not make itself another one, say so: make it on the page of your account then.',
    )
    .argument('<name>', 'what it is for, to find it again')
    .addOption(
      new Option('--scope <scope>', 'read; submit, as a member of your teams; organise, all you may')
        .choices(tokenScopes)
        .default('submit', 'submit'),
    )
    .option('--competition <name>', 'the only competition that it is for')
    .option('--expires <days>', 'how many days it holds; never is for good', readDays, 90)
    .addHelpText(
      'after',
      `
Examples:
  holdout token create nightly --scope submit --competition mura --expires 30
  HOLDOUT_TOKEN=$(holdout token create ci) holdout submit my-model.zip`,
    );
  addServerOptions(command).action(async (name: string, { scope, competition, expires, ...options }: CreateOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const expiresAt = expires === null ? null : new Date(Date.now() + expires * 24 * 60 * 60 * 1000).toISOString();
    const body = { name, scope, competition: competition ?? null, expiresAt };
    const request = { path: '/api/me/tokens', schema: createdTokenSchema, signal, method: 'POST' as const, body };
    const token = await requestJson(config, request).catch((error: unknown) => {
      throw leadToPage(error, config);
    });
    output.result(token);
    output.say(token.secret);
    const until = token.expiresAt ? `It holds until ${token.expiresAt.slice(0, 10)}` : 'It holds until it is revoked';
    process.stderr.write(`${until}, and is not shown again.\n`);
  });
}

function addListCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('list')
    .summary('list your tokens')
    .description('Lists your tokens, what each may do, and when it was last used. None is shown itself.')
    .addHelpText('after', '\nExample:\n  holdout token list');
  addServerOptions(command).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const list = await listTokens(chooseServer(options, environment), signal);
    output.result({ tokens: list });
    if (list.length === 0) output.say('You have no token.');
    else for (const line of showTable(columns, list.map(showToken))) output.say(line);
  });
}

function addRevokeCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('revoke')
    .summary('revoke a token')
    .description('The token opens nothing any more, at once.')
    .argument('<token>', 'its name or its id')
    .addHelpText('after', '\nExample:\n  holdout token revoke nightly');
  addServerOptions(command).action(async (named: string, options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const found = (await listTokens(config, signal)).filter(({ id, name }) => id === named || name === named);
    const [token] = found;
    if (!token) throw usageError(`You have no token “${named}”.`, 'See them: holdout token list');
    if (found.length > 1) {
      throw usageError(`You have ${found.length} tokens “${named}”.`, 'Name it by its id: holdout token list');
    }
    const path = `/api/me/tokens/${encodeURIComponent(token.id)}`;
    await requestJson(config, { path, schema: z.null(), signal, method: 'DELETE' }).catch((error: unknown) => {
      throw leadToPage(error, config);
    });
    output.result({ revoked: token });
    output.say(`“${printable(token.name)}” is revoked.`);
  });
}

const columns: readonly Column[] = ['name', 'scope', 'for', 'expires', 'last used', 'id'].map((title) => ({
  title,
  side: 'left',
}));

type Token = z.infer<typeof personalTokenListSchema>['tokens'][number];

function showToken({ name, scope, competition, expiresAt, lastUsedAt, id }: Token): string[] {
  const used = lastUsedAt?.slice(0, 16).replace('T', ' ') ?? 'never';
  return [name, scope, competition ?? 'all', expiresAt?.slice(0, 10) ?? 'never', used, id];
}

async function listTokens(config: ServerConfig, signal: AbortSignal): Promise<Token[]> {
  const request = { path: '/api/me/tokens', schema: personalTokenListSchema, signal };
  return (await requestJson(config, request)).tokens;
}

/** What only a signed-in person may do is done in a browser. */
function leadToPage(error: unknown, { server }: ServerConfig): unknown {
  if (!(error instanceof CommandError) || error.problem.code !== 'not_allowed') return error;
  return new CommandError({
    ...error.problem,
    next: `Do it on the page of your account: ${server}/account`,
    cause: error,
  });
}

function readDays(text: string): number | null {
  if (text === 'never') return null;
  const days = Number(text);
  if (Number.isInteger(days) && days > 0 && days <= 3650) return days;
  throw new InvalidArgumentError('Expected a whole number of days from 1 to 3650, or never.');
}
