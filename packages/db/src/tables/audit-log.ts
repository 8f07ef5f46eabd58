import type { Queryable } from '../open-database.js';

/** One act of an organiser. */
export interface AuditRecord {
  id: number;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  before: unknown;
  after: unknown;
}

interface NewAudit {
  /** Who did it, in words that outlive the account. */
  actor: string;
  /** What: `submission.disqualify`. */
  action: string;
  competitionId: string | null;
  /** To what: a submission's id, a test set's name. */
  subject: string;
  before: unknown;
  after: unknown;
}

/** Writes one act into the log, in the transaction that does it: neither is there without the other. */
export async function insertAudit(trx: Queryable, audit: NewAudit): Promise<void> {
  const { before, after } = audit;
  await trx
    .insertInto('auditLog')
    .values({ ...audit, before: JSON.stringify(before ?? null), after: JSON.stringify(after ?? null) })
    .execute();
}

interface ListedAudit {
  competitionId: string;
  limit: number;
  beforeId?: number | undefined;
  /** None but these. */
  actions?: readonly string[] | undefined;
}

/** The acts on a competition, the latest first. */
export async function listAudit(
  db: Queryable,
  { competitionId, limit, beforeId, actions }: ListedAudit,
): Promise<AuditRecord[]> {
  return await db
    .selectFrom('auditLog')
    .select(['id', 'at', 'actor', 'action', 'subject', 'before', 'after'])
    .where('competitionId', '=', competitionId)
    .$if(beforeId !== undefined, (query) => query.where('id', '<', beforeId ?? 0))
    .$if(actions !== undefined, (query) => query.where('action', 'in', actions ?? []))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
