import { HoldoutError, makeSentence, sayAskedFor } from '@holdout/contracts';
import { type Database, findCompetition, findPhase, type PhaseRecord } from '@holdout/db';

/**
 * The phase that an address names.
 *
 * @throws HoldoutError `competition_not_found` or `phase_not_found`, which names the phases that there are.
 */
export async function findPhaseOrThrow(
  database: Database,
  address: { competition: string; phase: string },
): Promise<PhaseRecord> {
  const phase = await findPhase(database, address.competition, address.phase);
  if (phase) return phase;
  const competition = await findCompetitionOrThrow(database, address.competition);
  const slugs = competition.phases.map(({ slug }) => slug);
  throw new HoldoutError('phase_not_found', { sentences: [sayAskedFor(address.phase, slugs)] });
}

/** @throws HoldoutError `competition_not_found` */
export async function findCompetitionOrThrow(database: Database, slug: string) {
  const competition = await findCompetition(database, slug);
  if (!competition) {
    throw new HoldoutError('competition_not_found', { sentences: [makeSentence('asked_for', { asked: slug })] });
  }
  return competition;
}
