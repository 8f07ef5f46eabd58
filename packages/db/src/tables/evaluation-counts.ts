import type { ErrorCode, SubmissionState } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';

interface EvaluationCount {
  state: SubmissionState;
  /** Why they ended so; null in other states. */
  reasonCode: ErrorCode | null;
  count: number;
}

/** How many evaluations there are in each state, by the reason of what was rejected or failed. */
export async function countEvaluations(db: Queryable): Promise<EvaluationCount[]> {
  return await db
    .selectFrom('evaluations')
    .select(({ fn }) => ['state', 'reasonCode', fn.countAll<number>().as('count')])
    .groupBy(['state', 'reasonCode'])
    .execute();
}
