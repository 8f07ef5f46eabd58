import type { ErrorCode } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import { storableText } from '../transitions/storable-text.js';

/** What a bundle printed on hidden studies, and why it failed there; for organisers only. */
export interface RunLogRecord {
  attempt: number;
  /** Its own code, where the team is told a kind of failure; null where it did not fail. */
  code: ErrorCode | null;
  detail: string | null;
  log: string;
  at: Date;
}

/** Keeps one; the evaluating worker's role may write it and not read it. */
export async function insertRunLog(
  db: Queryable,
  { log, detail, ...run }: Omit<RunLogRecord, 'at'> & { evaluationId: string },
): Promise<void> {
  const texts = { log: storableText(log), detail: detail === null ? null : storableText(detail) };
  await db
    .insertInto('runLogs')
    .values({ ...run, ...texts })
    .execute();
}

/** Those of an evaluation, the earliest first. */
export async function listRunLogs(db: Queryable, evaluationId: string): Promise<RunLogRecord[]> {
  return await db
    .selectFrom('runLogs')
    .select(['attempt', 'code', 'detail', 'log', 'at'])
    .where('evaluationId', '=', evaluationId)
    .orderBy('id')
    .execute();
}
