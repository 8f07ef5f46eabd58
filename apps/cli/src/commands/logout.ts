import type { Command } from 'commander';
import { z } from 'zod';
import { findCredential, forgetCredential } from '../account/credentials.js';
import { readMe } from '../account/read-me.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { chooseAddress, type ServerConfig } from '../config.js';
import { requestJson } from '../server/request.js';
import { createOutput } from '../terminal/output.js';

/** `holdout logout`: the token of `holdout login` is revoked and forgotten. */
export function addLogoutCommand(program: Command, { environment, signal }: CommandContext): void {
  program
    .command('logout')
    .summary('revoke and forget what login got')
    .description('Revokes the token that holdout login got from a server, and removes it from this machine.')
    .option('--server <address>', 'the server (default: HOLDOUT_SERVER, or http://127.0.0.1:8080)')
    .option('--json', 'print JSON; errors too, with an exit code that is not 0', false)
    .addHelpText('after', '\nExample:\n  holdout logout --server https://holdout.example.org')
    .action(async ({ json, ...options }: { server?: string; json: boolean }) => {
      const output = createOutput(json, environment);
      const server = chooseAddress(options, environment);
      const token = findCredential(environment.credentialsFile, server);
      if (token === undefined) {
        output.result({ server, wasLoggedIn: false });
        output.say(`You were not logged in to ${server}.`);
        return;
      }
      // Forgotten first: whatever the server says, it must not stay here.
      forgetCredential(environment.credentialsFile, server);
      await revoke({ server, token }, signal);
      output.result({ server, wasLoggedIn: true });
      output.say(`Logged out of ${server}.`);
    });
}

async function revoke(config: ServerConfig, signal: AbortSignal): Promise<void> {
  try {
    const { token } = await readMe(config, signal);
    if (!token) return;
    await requestJson(config, { path: `/api/me/tokens/${token.id}`, schema: z.null(), signal, method: 'DELETE' });
  } catch (error) {
    signal.throwIfAborted();
    // It was revoked, or has expired, before.
    if (error instanceof CommandError && error.problem.code === 'token_unknown') return;
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError({
      ...error.problem,
      title: `The token was removed here, but could not be revoked: ${error.problem.title}`,
      next: `Revoke it on the page of your account: ${config.server}/account`,
      cause: error,
    });
  }
}
