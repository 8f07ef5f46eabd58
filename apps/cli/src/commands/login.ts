import { tokenScopes } from '@holdout/contracts';
import { type Command, Option } from 'commander';
import { authoriseDevice } from '../account/authorise-device.js';
import { keepCredential } from '../account/credentials.js';
import { readMe } from '../account/read-me.js';
import type { CommandContext } from '../command-context.js';
import { chooseAddress } from '../config.js';
import { createOutput } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';

interface LoginOptions {
  server?: string;
  scope: string;
  json: boolean;
}

/** `holdout login`: gets a token by a page of the server, and keeps it for that server. */
export function addLoginCommand(program: Command, { environment, signal }: CommandContext): void {
  program
    .command('login')
    .summary('log in to a server, by its page')
    .description(
      'Shows an address to open in a browser, on this machine or any other, and a code to confirm there. What it gets is a\n' +
        'token, kept for this server in a file that only you can read; it can be revoked on the page of your account.',
    )
    .option('--server <address>', 'the server (default: HOLDOUT_SERVER, or http://127.0.0.1:8080)')
    .addOption(
      new Option(
        '--scope <scope>',
        'what the token may do: read; submit, what members of your teams do; organise, all you may',
      )
        .choices(tokenScopes)
        .default('submit', 'submit'),
    )
    .option('--json', 'print JSON; errors too, with an exit code that is not 0', false)
    .addHelpText(
      'after',
      `
The token is kept in $XDG_CONFIG_HOME/holdout/credentials.json (~/.config/holdout/credentials.json). HOLDOUT_TOKEN and
--token come before it. Where no person can confirm a code, as in CI, use a token from the page of your account.

Examples:
  holdout login
  holdout login --server https://holdout.example.org --scope organise`,
    )
    .action(async ({ scope, json, ...options }: LoginOptions) => {
      const output = createOutput(json, environment);
      const server = chooseAddress(options, environment);
      const tell = (line: string) => process.stderr.write(`${line}\n`);
      const token = await authoriseDevice(
        { server, token: undefined },
        {
          scope,
          signal,
          onCode: ({ address, userCode }) => {
            tell(`Open ${printable(address)}`);
            tell(`and confirm the code ${printable(userCode)} there. Waiting…`);
          },
          onConnection: (state) =>
            tell(state === 'lost' ? 'The connection is lost; trying again…' : 'Connected again.'),
        },
      );
      keepCredential(environment.credentialsFile, server, token);
      const me = await readMe({ server, token }, signal);
      output.result({ server, user: me.user, credentialsFile: environment.credentialsFile });
      const who = me.user ? `${printable(me.user.name)} <${printable(me.user.email)}>` : 'a token';
      output.say(`Logged in to ${server} as ${who}.`);
      if (environment.token !== undefined) {
        tell('HOLDOUT_TOKEN is set and comes before this login. To use the login: unset HOLDOUT_TOKEN');
      }
    });
}
