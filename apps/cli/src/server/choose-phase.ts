import { type Competition, competitionListSchema, HoldoutError, type Phase, sayAskedFor } from '@holdout/contracts';
import { usageError } from '../command-error.js';
import type { ServerConfig } from '../config.js';
import { requestJson } from './request.js';

/**
 * The competition of that name; where none is named, the only one of the server.
 *
 * @throws CommandError, HoldoutError `competition_not_found` with the names that there are
 */
export async function chooseCompetition(
  config: ServerConfig,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Competition> {
  const path = '/api/competitions';
  const { competitions } = await requestJson(config, { path, schema: competitionListSchema, signal });
  const known = competitions.map(({ competition }) => competition);
  const names = known.join(', ') || 'none yet';
  if (name === undefined) {
    const [only] = competitions;
    if (only && competitions.length === 1) return only;
    throw usageError(
      `Which competition? The server has ${competitions.length}: ${names}.`,
      competitions.length === 0 ? 'Ask those who run the server for one.' : 'Name one with --competition.',
    );
  }
  const found = competitions.find(({ competition }) => competition === name);
  if (found) return found;
  throw new HoldoutError('competition_not_found', { sentences: [sayAskedFor(name, known)] });
}

/**
 * The phase of that name; where none is named, the only one of the competition.
 *
 * @throws CommandError, HoldoutError `phase_not_found` with the names that there are
 */
export function choosePhase({ competition, phases }: Competition, name: string | undefined): Phase {
  const known = phases.map(({ phase }) => phase);
  const names = known.join(', ') || 'none yet';
  if (name === undefined) {
    const [only] = phases;
    if (only && phases.length === 1) return only;
    throw usageError(
      `Which phase? ${competition} has ${phases.length}: ${names}.`,
      phases.length === 0 ? 'Ask those who run the server for one.' : 'Name one with --phase.',
    );
  }
  const found = phases.find(({ phase }) => phase === name);
  if (found) return found;
  throw new HoldoutError('phase_not_found', { sentences: [sayAskedFor(name, known)] });
}

/** Where the API keeps the leaderboard of a phase. */
export function leaderboardPath({ competition, phase }: { competition: string; phase: string }): string {
  return `/api/competitions/${encodeURIComponent(competition)}/phases/${encodeURIComponent(phase)}/leaderboard`;
}
