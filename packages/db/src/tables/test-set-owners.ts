import type { Queryable } from '../open-database.js';

/** Whose a test set is: that of the competitions whose phases have it, and of who brought it in. */
export interface TestSetOwners {
  /** null: a site administrator, or a program that filled the server. */
  importedBy: string | null;
  competitionIds: string[];
}

/** @returns null where there is no such test set */
export async function findTestSetOwners(db: Queryable, testSet: string): Promise<TestSetOwners | null> {
  const known = await db
    .selectFrom('testSets')
    .select(['id', 'importedBy'])
    .where('slug', '=', testSet)
    .executeTakeFirst();
  if (!known) return null;
  const phases = await db
    .selectFrom('phases')
    .innerJoin('testSetVersions', (join) =>
      join.on((on) =>
        on.or([
          on('testSetVersions.id', '=', on.ref('phases.testSetVersionId')),
          on('testSetVersions.id', '=', on.ref('phases.sampleVersionId')),
        ]),
      ),
    )
    .select('phases.competitionId')
    .distinct()
    .where('testSetVersions.testSetId', '=', known.id)
    .execute();
  return { importedBy: known.importedBy, competitionIds: phases.map(({ competitionId }) => competitionId) };
}

/** Takes the name of a new test set for a person; one that is there stays whose it is. */
export async function claimTestSet(db: Queryable, testSet: string, userId: string | null): Promise<void> {
  await db
    .insertInto('testSets')
    .values({ slug: testSet, importedBy: userId })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .execute();
}
