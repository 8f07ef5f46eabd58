import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The role of the evaluating worker: it may not read labels, scores, entries, teams or tokens. */
export const evaluatorRole = 'holdout_evaluator';

/** The evaluating worker's connection string, from the owner's. */
export function evaluatorUrl(ownerUrl: string, evaluatorPassword: string): string {
  const url = new URL(ownerUrl);
  url.username = evaluatorRole;
  url.password = encodeURIComponent(evaluatorPassword);
  return url.href;
}

/**
 * Makes the role, or gives it the password anew. Roles belong to the whole server: two databases of one server may
 * be migrated at once, and Postgres answers the slower one with one of three errors. It then tries again.
 */
export async function makeEvaluatorRole(client: pg.Client, password: string): Promise<void> {
  const concurrentWrite = new Set(['42710', '23505', 'XX000']);
  for (let triesLeft = 5; ; triesLeft -= 1) {
    const known = await client.query<{ powerful: boolean }>(
      'SELECT rolsuper OR rolcreatedb OR rolcreaterole AS powerful FROM pg_roles WHERE rolname = $1',
      [evaluatorRole],
    );
    const verb = known.rowCount === 0 ? 'CREATE' : 'ALTER';
    // An owner who is no superuser may not even say that the role is none, where it is none already.
    const attributes = known.rows[0]?.powerful === false ? '' : 'NOSUPERUSER NOCREATEDB NOCREATEROLE';
    try {
      await client.query(`${verb} ROLE ${evaluatorRole} LOGIN ${attributes} PASSWORD ${pg.escapeLiteral(password)}`);
      return;
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (triesLeft === 0 || code === undefined || !concurrentWrite.has(code)) throw error;
      await sleep(50);
    }
  }
}
