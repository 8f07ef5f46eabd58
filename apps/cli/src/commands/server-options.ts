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
    .option('--token <token>', 'your team’s token (default: HOLDOUT_TOKEN, which other users of the machine can’t see)')
    .option('--json', 'print JSON; errors too, with an exit code that is not 0', false);
}
