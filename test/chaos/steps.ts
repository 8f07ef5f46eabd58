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
/** So long a table is locked before others are let through again: one of them may be what keeps a submission from the step. */
const lookMilliseconds = 5000;

/** Over in moments: who is at it waits for a table that we have locked. */
const heldUp: Readonly<Partial<Record<Step, { readonly table: string; readonly mode: string }>>> = {
  // Read after the claim.
  scoring: { table: 'gold_labels', mode: 'ACCESS EXCLUSIVE' },
  // Written after the evaluation's row was locked.
  publishing: { table: 'scores', mode: 'SHARE' },
};

/**
 * Waits until a submission is at a step, and where that is short holds it there until it is released.
 *
 * @returns null where none came in time
 */
export async function catchStep(databaseUrl: string, step: Step, timeoutSeconds: number): Promise<Caught | null> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  while (Date.now() < deadline) {
    const client = new pg.Client({ connectionString: databaseUrl });
    client.on('error', () => {});
    // Postgres may be away from an earlier fault, or go under us.
    const until = Math.min(deadline, Date.now() + lookMilliseconds);
    const caught = await look(client, step, until).catch(() => null);
    if (caught) return caught;
    await client.end().catch(() => {});
    await sleep(pollMilliseconds);
  }
  return null;
}

async function look(client: pg.Client, step: Step, until: number): Promise<Caught | null> {
  await client.connect();
  const hold = heldUp[step];
  if (hold) await client.query(`BEGIN; LOCK TABLE ${hold.table} IN ${hold.mode} MODE`);
  while (Date.now() < until) {
    const found = hold ? await findWaiting(client, hold.table) : await findAt(client, step);
    if (found) return { workerPid: found.pid, release: () => client.end().catch(() => {}) };
    await sleep(pollMilliseconds);
  }
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

async function findWaiting(client: pg.Client, table: string): Promise<{ pid: number | undefined } | null> {
  const { rows } = await client.query<{ owner: string | null }>(
    `SELECT lease_owner AS owner FROM evaluations WHERE state = 'scoring' AND lease_owner IS NOT NULL
       AND EXISTS (SELECT FROM pg_locks WHERE relation = $1::regclass AND NOT granted) LIMIT 1`,
    [table],
  );
  return rows[0] ? { pid: pidOf(rows[0].owner) } : null;
}

function pidOf(owner: string | null): number | undefined {
  const prefix = `${hostname()}:`;
  return owner?.startsWith(prefix) ? Number(owner.slice(prefix.length)) : undefined;
}
