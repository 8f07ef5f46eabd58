import { HoldoutError, makeSentence } from '@holdout/contracts';
import { isUniqueViolation } from '../constraint-error.js';
import type { Queryable } from '../open-database.js';
import { lockTeam } from '../tables/quotas.js';
import { refuseOrganisers } from '../tables/team-members.js';
import { addTeamOf, refuseMerged } from '../tables/teams.js';

interface Joining {
  competitionId: string;
  /** A team that is there, or the name of a new one that the person then owns. */
  team: { id: string } | { newName: string };
  userId: string;
  /** Whoever accepts the rules, in words that outlive the account. */
  acceptedBy: string;
  rulesVersion: number;
}

/**
 * Lets a team take part in a competition, by the version of the rules that it accepts. A team that takes part already
 * accepts a later version so.
 *
 * @returns the team's id
 * @throws HoldoutError `rules_outdated`, `team_name_taken`, `team_not_found`, `join_refused`; `already_in_team` where one
 *   of the team's members takes part with another team. Nothing has changed then.
 */
export async function joinCompetition(db: Queryable, joining: Joining): Promise<string> {
  const { competitionId, team, userId, acceptedBy, rulesVersion } = joining;
  try {
    return await db.transaction().execute(async (trx) => {
      await demandPresentRules(trx, competitionId, rulesVersion);
      const teamId = 'id' in team ? team.id : await addTeamOf(trx, { name: team.newName, ownerId: userId });
      await lockTeam(trx, teamId);
      await refuseMerged(trx, teamId);
      const known = await trx
        .selectFrom('participations')
        .select('rulesVersion')
        .where('competitionId', '=', competitionId)
        .where('teamId', '=', teamId)
        .executeTakeFirst();
      if (known?.rulesVersion === rulesVersion) return teamId;
      await trx
        .insertInto('participations')
        .values({ competitionId, teamId, rulesVersion })
        .onConflict((conflict) => conflict.columns(['competitionId', 'teamId']).doUpdateSet({ rulesVersion }))
        .execute();
      await trx.insertInto('rulesAcceptances').values({ competitionId, teamId, acceptedBy, rulesVersion }).execute();
      await refuseOrganisers(trx, teamId);
      return teamId;
    });
  } catch (error) {
    if (isUniqueViolation(error, 'one_team_per_competition')) throw new HoldoutError('already_in_team');
    if (isUniqueViolation(error, 'teams_name_key')) throw new HoldoutError('team_name_taken');
    throw error;
  }
}

/** The row is locked, so that the rules stay these until the team has joined. */
async function demandPresentRules(trx: Queryable, competitionId: string, version: number): Promise<void> {
  const { rulesVersion } = await trx
    .selectFrom('competitions')
    .select('rulesVersion')
    .where('id', '=', competitionId)
    .forShare()
    .executeTakeFirstOrThrow();
  if (rulesVersion === version) return;
  const sentence = makeSentence('rules_version', { found: version, present: rulesVersion });
  throw new HoldoutError('rules_outdated', { sentences: [sentence] });
}
