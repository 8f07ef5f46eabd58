import type { RunLogList } from '@holdout/contracts';
import { type Database, insertAudit, listRunLogs, type SubmissionRecord } from '@holdout/db';

interface Reader {
  submission: SubmissionRecord;
  competitionId: string;
  actor: string;
}

/** What a submission's bundle printed on hidden studies; that it was read is written down with it. */
export async function readRunLogs(
  database: Database,
  { submission, competitionId, actor }: Reader,
): Promise<RunLogList> {
  const { evaluationId } = submission;
  const logs = await database.transaction().execute(async (trx) => {
    const found = await listRunLogs(trx, evaluationId);
    const after = { evaluationId, logs: found.length };
    const act = { actor, action: 'hidden_log.read', subject: submission.id };
    await insertAudit(trx, { ...act, competitionId, before: null, after });
    return found;
  });
  return {
    evaluationId,
    logs: logs.map(({ attempt, code, detail, log, at }) => ({ attempt, code, detail, log, at: at.toISOString() })),
  };
}
