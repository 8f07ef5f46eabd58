import type { Command } from 'commander';

export interface ServerCommandOptions {
  server?: string;
  token?: string;
  json: boolean;
}

/** What every command that talks to a server takes. */
export function addServerOptions(command: Command): Command {
  return command
    .option('--server <address>', 'the server (default: HOLDOUT_SERVER, or http://127.0.0.1:8080)')
    .option(
      '--token <token>',
      'the token (default: HOLDOUT_TOKEN, which other users of the machine can’t see, or that of login)',
    )
    .option('--json', 'print JSON; errors too, with an exit code that is not 0', false);
}
