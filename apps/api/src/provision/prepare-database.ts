import { evaluatorRole, migrateDatabase } from '@holdout/db';
import { prepareQueue } from '@holdout/queue';

interface PrepareOptions {
  /** The owner's connection string; it must be allowed to create roles. */
  readonly databaseUrl: string;
  /** What the evaluating worker's role logs in with; set anew at each call. */
  readonly evaluatorPassword: string;
}

/** Brings the tables and the queue's schema up to date. Repeating it changes nothing. */
export async function prepareDatabase({ databaseUrl, evaluatorPassword }: PrepareOptions): Promise<void> {
  await migrateDatabase({ url: databaseUrl, evaluatorPassword });
  await prepareQueue({ postgresUrl: databaseUrl, roles: [evaluatorRole] });
}
