import { HoldoutError, type Me, type Team, teamSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { chooseTeam } from '../../account/choose-team.js';
import { readMe } from '../../account/read-me.js';
import type { ServerConfig } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

export interface TeamOptions extends ServerCommandOptions {
  team?: string;
}

export function addTeamOptions(command: Command): Command {
  return addServerOptions(command.option('--team <name>', 'your team; may be left out where you are in only one'));
}

/** The team that a command is about, and who is asking. */
export async function findTeam(
  config: ServerConfig,
  { team }: TeamOptions,
  signal: AbortSignal,
): Promise<{ team: Me['teams'][number]; path: string; me: Me }> {
  const me = await readMe(config, signal);
  const found = chooseTeam(me, team);
  return { team: found, path: `/api/teams/${encodeURIComponent(found.id)}`, me };
}

export async function readTeam(config: ServerConfig, path: string, signal: AbortSignal): Promise<Team> {
  return await requestJson(config, { path, schema: teamSchema, signal });
}

/** @throws HoldoutError `not_allowed` for a token that stands for no person */
export function personOf({ user }: Me): NonNullable<Me['user']> {
  if (user) return user;
  throw new HoldoutError('not_allowed', { detail: 'This token stands for no person.' });
}
