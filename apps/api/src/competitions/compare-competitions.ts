import { type CompetitionChanges, listChanges } from '@holdout/contracts';
import type { DescribedCompetition } from './describe-competition.js';

/** What differs, by path; phases are named and not counted. */
export function compareCompetitions(
  from: DescribedCompetition | null,
  to: DescribedCompetition,
): CompetitionChanges['changes'] {
  return listChanges(from, to).filter(({ path }) => path !== 'competition');
}
