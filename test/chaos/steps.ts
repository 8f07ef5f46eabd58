import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Step } from './plan-faults.js';

/** A submission that has come to a step, and whose worker is at it. */
export interface Caught {
  /** The process that holds the lease; undefined where nobody does. */
  readonly workerPid: number | undefined;
  /** Lets go on what was held up for it. */
  release(): Promise<void>;
}

const pollMilliseconds = 40;

/**
 * Waits until a submission is at a step. One that publishes is held there: its transaction has taken the evaluation's row
 * and waits for the table of scores, which we have locked.
 *
 * @returns null where none came in time
 */
export async function catchStep(databaseUrl: string, step: Step, timeoutSeconds: number): Promise<Caught | null> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // Postgres may die under us; then there is nothing to catch.
  client.on('error', () => {});
  try {
    await client.connect();
    const deadline = Date.now() + timeoutSeconds * 1000;
    if (step === 'publishing') await client.query('BEGIN; LOCK TABLE scores IN SHARE MODE');
    while (Date.now() < deadline) {
      const found = step === 'publishing' ? await findPublishing(client) : await findAt(client, step);
      if (found) return { workerPid: found.pid, release: () => client.end().catch(() => {}) };
      await sleep(pollMilliseconds);
    }
  } catch {
    // It is away.
  }
  await client.end().catch(() => {});
  return null;
}

async function findAt(client: pg.Client, step: Step): Promise<{ pid: number | undefined } | null> {
  const { rows } = await client.query<{ owner: string | null }>(
    `SELECT lease_owner AS owner FROM evaluations
     WHERE state = $1 AND (lease_owner IS NOT NULL OR $1 = 'queued') ORDER BY random() LIMIT 1`,
    [step],
  );
  return rows[0] ? { pid: pidOf(rows[0].owner) } : null;
}

async function findPublishing(client: pg.Client): Promise<{ pid: number | undefined } | null> {
  const { rows } = await client.query<{ owner: string | null }>(
    `SELECT (SELECT lease_owner FROM evaluations WHERE state = 'scoring' AND lease_owner IS NOT NULL LIMIT 1) AS owner
     FROM pg_locks WHERE relation = 'scores'::regclass AND NOT granted LIMIT 1`,
  );
  return rows[0] ? { pid: pidOf(rows[0].owner) } : null;
}

function pidOf(owner: string | null): number | undefined {
  const prefix = `${hostname()}:`;
  return owner?.startsWith(prefix) ? Number(owner.slice(prefix.length)) : undefined;
}
