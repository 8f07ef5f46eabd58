import { HoldoutError, makeSentence, type TeamRole } from '@holdout/contracts';
import { type Caller, personOf } from '../caller.js';

/** A person in a team of theirs. */
export interface Membership {
  readonly teamId: string;
  readonly team: string;
  readonly role: TeamRole;
  readonly userId: string;
}

/**
 * The caller's membership of a team. Others are told that there is none, so that ids can't be tried out.
 *
 * @throws HoldoutError `team_not_found`; `not_allowed` for a token that stands for no person
 */
export function findOwnTeam(caller: Caller, teamId: string): Membership {
  const user = personOf(caller);
  const team = caller.teams.find(({ id }) => id === teamId);
  if (!team) throw new HoldoutError('team_not_found');
  return { teamId, team: team.name, role: team.role, userId: user.id };
}

/** The same for what only an owner may do. @throws HoldoutError `not_allowed` for a member */
export function demandOwner(caller: Caller, teamId: string): Membership {
  const membership = findOwnTeam(caller, teamId);
  if (membership.role === 'owner') return membership;
  throw new HoldoutError('not_allowed', { sentences: [makeSentence('owner_only', {})] });
}
