import type { Queryable } from '../open-database.js';

export interface OutboxMail {
  id: number;
  at: Date;
  recipient: string;
  subject: string;
  text: string;
}

/** Older ones make room, so that nobody fills the disk with mails. */
const keptMails = 1000;

/** Keeps a mail where there is no mail server to give it to. */
export async function insertMail(
  db: Queryable,
  mail: Pick<OutboxMail, 'recipient' | 'subject' | 'text'>,
): Promise<void> {
  const { id } = await db.insertInto('outbox').values(mail).returning('id').executeTakeFirstOrThrow();
  await db
    .deleteFrom('outbox')
    .where('id', '<=', id - keptMails)
    .execute();
}

/** The latest first. */
export async function listMails(db: Queryable, limit: number): Promise<OutboxMail[]> {
  return await db.selectFrom('outbox').selectAll().orderBy('id', 'desc').limit(limit).execute();
}
