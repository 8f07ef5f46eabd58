import { HoldoutError, makeSentence } from '@holdout/contracts';
import { claimTestSet, type Database, findTestSetOwners } from '@holdout/db';
import { type Caller, isOrganiser } from '../caller.js';

/**
 * Whether an organiser may make a test set a phase's: who may read a phase's labels must not come to those of somebody
 * else's test set by naming it.
 */
export async function isOwnTestSet(database: Database, caller: Caller, testSet: string): Promise<boolean> {
  if (caller.siteAdmin) return true;
  const owners = await findTestSetOwners(database, testSet);
  if (!owners) return false;
  if (owners.importedBy !== null && owners.importedBy === caller.user?.id) return true;
  return owners.competitionIds.some((competitionId) => isOrganiser(caller, { competitionId }));
}

/**
 * Takes the name of a test set that is to come in.
 *
 * @throws HoldoutError `test_set_invalid` where it is another organiser's
 */
export async function claimName(database: Database, caller: Caller, testSet: string): Promise<void> {
  await claimTestSet(database, testSet, caller.user?.id ?? null);
  if (await isOwnTestSet(database, caller, testSet)) return;
  const words = makeSentence('test_set_taken', { testSet });
  throw new HoldoutError('test_set_invalid', { sentences: [words] });
}
