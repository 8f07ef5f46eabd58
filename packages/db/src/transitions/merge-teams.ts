import { HoldoutError } from '@holdout/contracts';
import { sql } from 'kysely';
import { isUniqueViolation } from '../constraint-error.js';
import type { Queryable } from '../open-database.js';
import { insertAudit } from '../tables/audit-log.js';
import { notifyPhase } from '../tables/board-statistics.js';
import { joinQueueLines } from '../tables/queue-order.js';
import { lockTeam } from '../tables/quotas.js';
import { refuseOrganisers } from '../tables/team-members.js';
import { refuseMerged } from '../tables/teams.js';
import { countEntry } from './count-entry.js';

interface Merge {
  /** Whether it needs an offer of the team that goes: not where the same person owns both. */
  byOffer: boolean;
  /** The team that goes. */
  fromId: string;
  /** The team that remains. */
  intoId: string;
  actor: string;
}

/**
 * Merges a team into another: its people, competitions, tokens, uploads and submissions are the other's from now on, and so its
 * used quotas add to the other's. Boards of the past keep both teams as they were; its name stays taken.
 *
 * @throws HoldoutError `merge_refused` where a person would be in two teams of a competition, where an organiser of one
 *   would take part in it, or where a board that is final would change; `team_not_found` where either was merged before;
 *   `merge_offer_not_found` where it needs an offer and there is none. Nothing has changed then.
 */
export async function mergeTeams(db: Queryable, { fromId, intoId, byOffer, actor }: Merge): Promise<void> {
  if (fromId === intoId) throw refuse('It is one team.');
  try {
    await db.transaction().execute(async (trx) => {
      if (byOffer) await demandOffer(trx, fromId, intoId);
      const phases = await lockPhases(trx, fromId);
      for (const teamId of [fromId, intoId].sort()) {
        await lockTeam(trx, teamId);
        await refuseMerged(trx, teamId);
      }
      // It may have been withdrawn before the teams were locked.
      if (byOffer) await demandOffer(trx, fromId, intoId);
      await trx.deleteFrom('teamMergeOffers').where('fromTeamId', '=', fromId).execute();
      await trx.deleteFrom('teamMergeOffers').where('intoTeamId', '=', fromId).execute();
      await movePeople(trx, fromId, intoId);
      await refuseOrganisers(trx, intoId);
      for (const phase of phases) await takeChoicesBack(trx, phase, fromId, intoId);
      await trx.updateTable('submissions').set({ teamId: intoId }).where('teamId', '=', fromId).execute();
      // Those under way too: their next part, and what becomes of them, is for the members of now.
      await trx.updateTable('uploads').set({ teamId: intoId }).where('teamId', '=', fromId).execute();
      await joinQueueLines(trx, fromId, intoId);
      await trx.updateTable('apiTokens').set({ teamId: intoId }).where('teamId', '=', fromId).execute();
      await trx.updateTable('teams').set({ mergedInto: intoId }).where('id', '=', fromId).execute();
      for (const phase of phases) await recount(trx, phase, [fromId, intoId]);
      for (const competitionId of new Set(phases.map((phase) => phase.competitionId))) {
        const after = { into: intoId };
        await insertAudit(trx, { actor, action: 'team.merge', competitionId, subject: fromId, before: null, after });
      }
    });
  } catch (error) {
    if (isUniqueViolation(error, 'one_team_per_competition')) {
      throw refuse('One of the members takes part in one of the competitions with a third team.');
    }
    if (error instanceof HoldoutError && error.code === 'join_refused') throw refuse(error.detail ?? '');
    throw error;
  }
}

interface MovedPhase {
  id: string;
  competitionId: string;
  testSetVersionId: string;
  nextTestSetVersionId: string | null;
  chosenAtMost: number | null;
}

/**
 * The phases that the team has submitted to. They are locked before the teams are, as where their rules change, and so
 * that this sees such a change or is seen by it.
 */
async function lockPhases(trx: Queryable, teamId: string): Promise<MovedPhase[]> {
  const phases = await trx
    .selectFrom('phases')
    .select(['id', 'competitionId', 'title', 'testSetVersionId', 'nextTestSetVersionId', 'chosenAtMost'])
    .select(sql<boolean>`coalesce(final_at <= now(), false)`.as('isFinal'))
    .where('id', 'in', trx.selectFrom('submissions').select('phaseId').where('teamId', '=', teamId))
    .orderBy('id')
    .forShare()
    .execute();
  const final = phases.find(({ isFinal }) => isFinal);
  if (final) throw refuse(`The team has submissions in “${final.title}”, which is final. Make a new team together.`);
  return phases;
}

async function demandOffer(trx: Queryable, fromId: string, intoId: string): Promise<void> {
  const offers = trx.selectFrom('teamMergeOffers').select('offeredAt').where('fromTeamId', '=', fromId);
  if (await offers.where('intoTeamId', '=', intoId).executeTakeFirst()) return;
  throw new HoldoutError('merge_offer_not_found');
}

async function movePeople(trx: Queryable, fromId: string, intoId: string): Promise<void> {
  const members = await trx
    .deleteFrom('teamMembers')
    .where('teamId', '=', fromId)
    .returning(['userId', 'role'])
    .execute();
  const participations = await trx
    .deleteFrom('participations')
    .where('teamId', '=', fromId)
    .returning(['competitionId', 'rulesVersion'])
    .execute();
  for (const participation of participations) {
    await trx
      .insertInto('participations')
      .values({ ...participation, teamId: intoId })
      .onConflict((conflict) => conflict.columns(['competitionId', 'teamId']).doNothing())
      .execute();
  }
  for (const { userId, role } of members) {
    await trx
      .insertInto('teamMembers')
      .values({ teamId: intoId, userId, role })
      .onConflict((conflict) =>
        role === 'owner'
          ? conflict.columns(['teamId', 'userId']).doUpdateSet({ role })
          : conflict.columns(['teamId', 'userId']).doNothing(),
      )
      .execute();
  }
  await trx
    .updateTable('teamInvitations')
    .set({ state: 'withdrawn' })
    .where('teamId', '=', fromId)
    .where('state', '=', 'open')
    .execute();
}

/** Together they may have chosen more than one team may: then those of the team that goes are taken back. */
async function takeChoicesBack(trx: Queryable, phase: MovedPhase, fromId: string, intoId: string): Promise<void> {
  if (phase.chosenAtMost === null) return;
  const { rows } = await sql<{ id: string; teamId: string }>`
    SELECT submissions.id, submissions.team_id FROM submissions
    CROSS JOIN LATERAL (
      SELECT chosen FROM submission_choices
      WHERE submission_choices.submission_id = submissions.id ORDER BY submission_choices.id DESC LIMIT 1
    ) choice
    WHERE submissions.phase_id = ${phase.id} AND submissions.team_id IN (${fromId}, ${intoId}) AND choice.chosen`.execute(
    trx,
  );
  if (rows.length <= phase.chosenAtMost) return;
  for (const { id: submissionId } of rows.filter(({ teamId }) => teamId === fromId)) {
    await trx.insertInto('submissionChoices').values({ submissionId, chosen: false }).execute();
  }
}

/** The team that goes first: an evaluation is one team's entry at a time. */
async function recount(trx: Queryable, phase: MovedPhase, teamIds: readonly string[]): Promise<void> {
  const { id: phaseId, testSetVersionId, nextTestSetVersionId } = phase;
  for (const teamId of teamIds) {
    for (const versionId of [testSetVersionId, nextTestSetVersionId]) {
      if (versionId !== null) await countEntry(trx, { phaseId, testSetVersionId: versionId, teamId });
    }
  }
  await notifyPhase(trx, phaseId);
}

function refuse(detail: string): HoldoutError {
  return new HoldoutError('merge_refused', { detail });
}
