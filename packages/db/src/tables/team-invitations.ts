import { HoldoutError } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { changeTeam, refuseOrganisers } from './team-members.js';

export interface InvitationRecord {
  id: string;
  email: string;
  createdAt: Date;
  expiresAt: Date;
}

/** An invitation as the invited person sees it. */
export interface ReceivedInvitation {
  id: string;
  team: { id: string; name: string };
  invitedBy: string;
  expiresAt: Date;
}

interface NewInvitation {
  teamId: string;
  email: string;
  tokenSha256: string;
  invitedBy: string;
}

const validDays = 14;
/** No team is larger, and nobody mails the whole world from here. */
const mostOpen = 50;

/**
 * Invites an address to a team; an earlier invitation of the same address is withdrawn.
 *
 * @throws HoldoutError `request_invalid` where too many are open
 */
export async function insertInvitation(
  db: Queryable,
  { email, ...invitation }: NewInvitation,
): Promise<InvitationRecord> {
  return await changeTeam(db, invitation.teamId, async (trx) => {
    const address = email.toLowerCase();
    const ofTeam = openOnes(trx).where('teamId', '=', invitation.teamId);
    await trx
      .updateTable('teamInvitations')
      .set({ state: 'withdrawn' })
      .where('id', 'in', ofTeam.where('email', '=', address))
      .execute();
    if ((await ofTeam.execute()).length >= mostOpen) {
      throw new HoldoutError('request_invalid', { detail: `${mostOpen} invitations are open; withdraw one first.` });
    }
    return await trx
      .insertInto('teamInvitations')
      .values({ ...invitation, email: address, expiresAt: sql<Date>`now() + make_interval(days => ${validDays})` })
      .returning(['id', 'email', 'createdAt', 'expiresAt'])
      .executeTakeFirstOrThrow();
  });
}

/** The open invitations of a team, the latest first. */
export async function listInvitations(db: Queryable, teamId: string): Promise<InvitationRecord[]> {
  return await openOnes(db)
    .select(['email', 'createdAt', 'expiresAt'])
    .where('teamId', '=', teamId)
    .where('expiresAt', '>', sql<Date>`now()`)
    .orderBy('createdAt', 'desc')
    .execute();
}

/** The open invitations of an address. */
export async function listReceivedInvitations(db: Queryable, email: string): Promise<ReceivedInvitation[]> {
  const rows = await openOnes(db)
    .innerJoin('teams', 'teams.id', 'teamInvitations.teamId')
    .innerJoin('users', 'users.id', 'teamInvitations.invitedBy')
    .select(['teams.id as teamId', 'teams.name as teamName', 'users.name as invitedBy', 'expiresAt'])
    .where('teamInvitations.email', '=', email.toLowerCase())
    .where('expiresAt', '>', sql<Date>`now()`)
    .orderBy('teamInvitations.createdAt', 'desc')
    .execute();
  return rows.map(({ teamId, teamName, ...rest }) => ({ ...rest, team: { id: teamId, name: teamName } }));
}

/** @throws HoldoutError `invitation_not_found` */
export async function withdrawInvitation(db: Queryable, invitation: { id: string; teamId: string }): Promise<void> {
  const withdrawn = await db
    .updateTable('teamInvitations')
    .set({ state: 'withdrawn' })
    .where('id', '=', invitation.id)
    .where('teamId', '=', invitation.teamId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (withdrawn.numUpdatedRows === 0n) throw new HoldoutError('invitation_not_found');
}

interface Answer {
  id: string;
  /** The address that the person has proven; null where they have proven none. */
  email: string | null;
  /** Of the secret in the mailed link; null where it was not given. */
  tokenSha256: string | null;
  userId: string;
  accepts: boolean;
}

/**
 * Answers an invitation, which its address or its secret opens. Who accepts is in the team then, and takes part in all
 * of its competitions.
 *
 * @returns the team's id
 * @throws HoldoutError `invitation_not_found`; `already_in_team`; `join_refused` for an organiser of such a competition
 */
export async function answerInvitation(db: Queryable, answer: Answer): Promise<string> {
  const { id, email, tokenSha256, userId, accepts } = answer;
  const invited = await openOnes(db).select('teamId').where('teamInvitations.id', '=', id).executeTakeFirst();
  if (!invited) throw new HoldoutError('invitation_not_found');
  return await changeTeam(db, invited.teamId, async (trx) => {
    const answered = await trx
      .updateTable('teamInvitations')
      .set({ state: accepts ? 'accepted' : 'declined' })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .where('expiresAt', '>', sql<Date>`now()`)
      .where((where) => where.or([where('email', '=', email ?? ''), where('tokenSha256', '=', tokenSha256 ?? '')]))
      .returning('teamId')
      .executeTakeFirst();
    if (!answered) throw new HoldoutError('invitation_not_found');
    if (!accepts) return answered.teamId;
    await trx
      .insertInto('teamMembers')
      .values({ teamId: answered.teamId, userId, role: 'member' })
      .onConflict((conflict) => conflict.columns(['teamId', 'userId']).doNothing())
      .execute();
    await refuseOrganisers(trx, answered.teamId);
    return answered.teamId;
  });
}

function openOnes(db: Queryable) {
  return db.selectFrom('teamInvitations').select('teamInvitations.id').where('state', '=', 'open');
}
