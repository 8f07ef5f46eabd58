import { HoldoutError, makeSentence, type TokenScope } from '@holdout/contracts';
import type { TokenRecord, UserPlaces, UserRecord } from '@holdout/db';
import type { AccountSettings } from './accounts/account-settings.js';

interface NamedTeam {
  readonly id: string;
  readonly name: string;
}

/** Who sent a request, and what they may do. */
export interface Caller {
  /** null for a token that stands for a team, or for the installation's organiser. */
  readonly user: UserRecord | null;
  /** null for a session. */
  readonly token: { readonly id: string; readonly name: string } | null;
  readonly scope: TokenScope;
  /** The only competition that a token is for; null where it is for all. */
  readonly onlyCompetitionId: string | null;
  /** Organises every competition, and runs the installation. */
  readonly siteAdmin: boolean;
  readonly teams: UserPlaces['teams'];
  readonly participations: UserPlaces['participations'];
  readonly organises: UserPlaces['organises'];
  /** The team that a token stands for, in whatever competition. */
  readonly tokenTeam: NamedTeam | null;
  /** Whether they must set up a second factor, or give it, before they act as an organiser. */
  readonly lacksSecondFactor: boolean;
  /** Whether they have set one up, and this session has still to give it: before they organise, or change the factor. */
  readonly secondFactorDue: boolean;
  /** How the audit log names them. */
  readonly actor: string;
}

/** What an authorisation is asked of: a competition, or a phase or a submission of it. */
export interface OfCompetition {
  readonly competitionId: string;
}

/** A person, by session or by one of their tokens. */
export function describeAccount(
  user: UserRecord,
  places: UserPlaces,
  token: TokenRecord | null,
  twoFactor: { readonly needed: AccountSettings['twoFactorNeeded']; readonly isGiven: boolean },
): Caller {
  const needsSecondFactor = twoFactor.needed === 'organisers';
  const onlyCompetitionId = token?.competitionId ?? null;
  const isFor = ({ competitionId }: OfCompetition) => onlyCompetitionId === null || competitionId === onlyCompetitionId;
  const scope = token?.scope ?? 'organise';
  return {
    user,
    token: token && { id: token.id, name: token.name },
    scope,
    onlyCompetitionId,
    siteAdmin: user.siteAdmin && scope === 'organise' && onlyCompetitionId === null,
    teams: places.teams,
    participations: places.participations.filter(isFor),
    organises: scope === 'organise' ? organisedBy(user, places, onlyCompetitionId) : [],
    tokenTeam: null,
    lacksSecondFactor: needsSecondFactor && !twoFactor.isGiven,
    secondFactorDue: !twoFactor.isGiven && user.twoFactorEnabled,
    actor: `${user.name} <${user.email}>${token ? `, token ${token.id}` : ''}`,
  };
}

/** A token that stands for a team, or for the installation's organiser: those that programs fill a server with. */
export function describeTeamToken({ id, name, team }: TokenRecord): Caller {
  return {
    user: null,
    token: { id, name },
    scope: 'organise',
    onlyCompetitionId: null,
    siteAdmin: team === null,
    teams: team ? [{ ...team, role: 'member' }] : [],
    participations: [],
    organises: [],
    tokenTeam: team,
    lacksSecondFactor: false,
    secondFactorDue: false,
    actor: `${team ? `team “${team.name}”` : 'organiser'}, token ${id}`,
  };
}

/**
 * The team by which the caller takes part in a competition.
 *
 * @throws HoldoutError `not_taking_part`; `not_allowed` for the installation's organiser
 */
export function teamOf(caller: Caller, { competitionId }: OfCompetition): NamedTeam {
  if (caller.tokenTeam) return caller.tokenTeam;
  if (caller.user === null) {
    throw new HoldoutError('not_allowed', {
      detail: 'An organiser’s token can’t submit: a submission belongs to a team.',
    });
  }
  const participation = caller.participations.find((each) => each.competitionId === competitionId);
  if (participation) return participation.team;
  throw new HoldoutError('not_taking_part');
}

/** Whether something of a team in a competition is the caller's own. */
export function isMember(caller: Caller, { teamId, competitionId }: OfCompetition & { teamId: string }): boolean {
  if (caller.onlyCompetitionId !== null && caller.onlyCompetitionId !== competitionId) return false;
  return caller.teams.some(({ id }) => id === teamId);
}

/** Whether the caller may see and do what a competition's organisers may. */
export function isOrganiser(caller: Caller, { competitionId }: OfCompetition): boolean {
  if (caller.lacksSecondFactor) return false;
  return caller.siteAdmin || caller.organises.some((each) => each.competitionId === competitionId);
}

/**
 * @throws HoldoutError `not_allowed` for who does not organise this competition; `two_factor_needed` for who does, and
 *   has no second factor where organisers need one
 */
export function organiserOf(caller: Caller, competition: OfCompetition): { readonly actor: string } {
  if (isOrganiser(caller, competition)) return { actor: caller.actor };
  if (caller.lacksSecondFactor && isOrganiser({ ...caller, lacksSecondFactor: false }, competition)) {
    throw new HoldoutError('two_factor_needed');
  }
  throw new HoldoutError('not_allowed', { sentences: [makeSentence('organiser_only', {})] });
}

/** Of what belongs to no competition yet. @throws HoldoutError `not_allowed` for who organises none */
export function anyOrganiserOf(caller: Caller): { readonly actor: string } {
  if (caller.siteAdmin) return siteAdminOf(caller);
  const [first] = caller.organises;
  if (first) return organiserOf(caller, first);
  throw new HoldoutError('not_allowed', { detail: 'Only an organiser may do this.' });
}

/** @throws HoldoutError `not_allowed` for anyone but a site administrator; `two_factor_needed` */
export function siteAdminOf(caller: Caller): { readonly actor: string } {
  if (!caller.siteAdmin) throw new HoldoutError('not_allowed', { detail: 'Only a site administrator may do this.' });
  if (caller.lacksSecondFactor) throw new HoldoutError('two_factor_needed');
  return { actor: caller.actor };
}

/** @throws HoldoutError `not_allowed` for a token that stands for no person */
export function personOf(caller: Caller): UserRecord {
  if (caller.user && caller.onlyCompetitionId === null) return caller.user;
  throw new HoldoutError('not_allowed', {
    detail: 'This is a person’s: sign in, or use a token of your own that is not limited to one competition.',
  });
}

/** A site administrator whose token is for one competition organises that one. */
function organisedBy(user: UserRecord, places: UserPlaces, only: string | null): UserPlaces['organises'] {
  if (only === null) return places.organises;
  const known = places.organises.filter(({ competitionId }) => competitionId === only);
  return known.length === 0 && user.siteAdmin ? [{ competitionId: only, competition: '' }] : known;
}
