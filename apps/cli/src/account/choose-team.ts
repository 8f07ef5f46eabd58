import type { Me } from '@holdout/contracts';
import { usageError } from '../command-error.js';

/**
 * The caller's team of that name or id; where none is named, their only one.
 *
 * @throws CommandError `usage` with the names that there are
 */
export function chooseTeam({ teams }: Me, name: string | undefined): Me['teams'][number] {
  const names = teams.map((team) => team.name).join(', ');
  if (teams.length === 0) {
    throw usageError('You are in no team.', 'Make one: holdout team create NAME   Or see: holdout team invitations');
  }
  if (name === undefined) {
    const [only] = teams;
    if (only && teams.length === 1) return only;
    throw usageError(`Which team? You are in ${teams.length}: ${names}.`, 'Name one with --team.');
  }
  const found = teams.filter((team) => team.id === name || team.name === name);
  const [only] = found;
  if (only && found.length === 1) return only;
  throw usageError(`You are in no team “${name}”; there is: ${names}.`, 'Name one of these with --team.');
}
