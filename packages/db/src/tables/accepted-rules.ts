import { HoldoutError } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';

/**
 * Refuses a team that takes part by rules which have changed since. One that takes part in nothing, for which only a
 * program's token speaks, has accepted none and is asked for none.
 *
 * @throws HoldoutError `rules_changed`
 */
export async function demandPresentAcceptance(
  db: Queryable,
  { phaseId, teamId }: { phaseId: string; teamId: string },
): Promise<void> {
  const accepted = await db
    .selectFrom('phases')
    .innerJoin('competitions', 'competitions.id', 'phases.competitionId')
    .innerJoin('participations', 'participations.competitionId', 'competitions.id')
    .select(['participations.rulesVersion as acceptedVersion', 'competitions.rulesVersion as presentVersion'])
    .where('phases.id', '=', phaseId)
    .where('participations.teamId', '=', teamId)
    .executeTakeFirst();
  if (!accepted || accepted.acceptedVersion === accepted.presentVersion) return;
  const { acceptedVersion, presentVersion } = accepted;
  const detail = `It accepted version ${acceptedVersion}; the present one is ${presentVersion}.`;
  throw new HoldoutError('rules_changed', { detail });
}
