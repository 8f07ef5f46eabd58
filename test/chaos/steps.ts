import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { findByFolder, findByPort } from './find-process.js';
import type { Installation } from './installation.js';
import type { Step } from './plan-faults.js';

const run = promisify(execFile);

/** A submission that has come to a step, and the process that is at it. */
export interface Caught {
  /** The worker that holds the lease, or the API that has the upload; undefined where a submission only waits. */
  readonly pid: number | undefined;
  /** Lets go on what was held up for it. */
  release(): Promise<void>;
}

const pollMilliseconds = 40;
/** So long a table is locked before others are let through again: one of them may be what keeps a submission from the step. */
const lookMilliseconds = 5000;
/** … and then nothing is held for this long. */
const breathMilliseconds = 500;

/** Over in moments: who is at it waits for a table that we have locked. */
const heldUp: Readonly<Partial<Record<Step, { readonly table: string; readonly mode: string }>>> = {
  // Written after the last byte was stored and the bundle checked, in the transaction that makes a submission of it.
  committing: { table: 'submissions', mode: 'SHARE' },
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
export async function catchStep(parts: Installation, step: Step, timeoutSeconds: number): Promise<Caught | null> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  while (Date.now() < deadline) {
    // Postgres or Redis may be away from an earlier fault, or go under us.
    const until = Math.min(deadline, Date.now() + lookMilliseconds);
    const caught = await look(parts, step, until).catch(() => null);
    if (caught) return caught;
    await sleep(breathMilliseconds);
  }
  return null;
}

async function look(parts: Installation, step: Step, until: number): Promise<Caught | null> {
  if (step === 'uploading') return await lookForPart(parts, until);
  if (step === 'ringing') return await lookForBell(parts, until);
  const client = new pg.Client({ connectionString: parts.databaseUrl });
  client.on('error', () => {});
  const release = () => client.end().catch(() => {});
  try {
    await client.connect();
    const hold = heldUp[step];
    if (hold) await client.query(`BEGIN; LOCK TABLE ${hold.table} IN ${hold.mode} MODE`);
    const find = () => {
      if (!hold) return findAt(client, step);
      return step === 'committing' ? findCommitting(parts, client, hold.table) : findWaiting(client, hold.table);
    };
    while (Date.now() < until) {
      const found = await find();
      if (found) return { ...found, release };
      await sleep(pollMilliseconds);
    }
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  return null;
}

type At = Pick<Caught, 'pid'>;

async function findAt(client: pg.Client, step: Step): Promise<At | null> {
  const { rows } = await client.query<{ owner: string | null }>(
    `SELECT lease_owner AS owner FROM evaluations
     WHERE state = $1 AND (lease_owner IS NOT NULL OR $1 = 'queued') ORDER BY random() LIMIT 1`,
    [step],
  );
  return rows[0] ? { pid: pidOf(rows[0].owner) } : null;
}

async function findWaiting(client: pg.Client, table: string): Promise<At | null> {
  const { rows } = await client.query<{ owner: string | null }>(
    `SELECT lease_owner AS owner FROM evaluations WHERE state = 'scoring' AND lease_owner IS NOT NULL
       AND EXISTS (SELECT FROM pg_locks WHERE relation = $1::regclass AND NOT granted) LIMIT 1`,
    [table],
  );
  return rows[0] ? { pid: pidOf(rows[0].owner) } : null;
}

/** The API whose connection waits for the table. */
async function findCommitting({ apis }: Installation, client: pg.Client, table: string): Promise<At | null> {
  const { rows } = await client.query<{ port: number }>(
    `SELECT client_port AS port FROM pg_stat_activity JOIN pg_locks USING (pid)
     WHERE relation = $1::regclass AND NOT granted AND application_name = 'holdout-api'`,
    [table],
  );
  for (const { port } of rows) {
    const pid = await findByPort(apis, port);
    if (pid !== undefined) return { pid };
  }
  return null;
}

/** The API that is writing a part of an upload: it has its file open for as long as the part comes. */
async function lookForPart({ apis }: Installation, until: number): Promise<Caught | null> {
  while (Date.now() < until) {
    const pid = await findByFolder(apis, 'uploads');
    if (pid !== undefined) return { pid, release: async () => {} };
    await sleep(pollMilliseconds);
  }
  return null;
}

/** The API whose bell waits for a Redis that takes no writes for a while: it has committed, and nobody was rung for it. */
async function lookForBell({ apis, redisPort }: Installation, until: number): Promise<Caught | null> {
  const redis = async (...words: string[]) => (await run('redis-cli', ['-p', String(redisPort), ...words])).stdout;
  const release = async () => void (await redis('CLIENT', 'UNPAUSE').catch(() => {}));
  await redis('CLIENT', 'PAUSE', String(2 * lookMilliseconds), 'WRITE');
  try {
    while (Date.now() < until) {
      for (const line of (await redis('CLIENT', 'LIST')).split('\n')) {
        const port = /addr=127\.0\.0\.1:(\d+) .*flags=\w*b/.exec(line)?.[1];
        const pid = port === undefined ? undefined : await findByPort(apis, Number(port));
        if (pid !== undefined) return { pid, release };
      }
      await sleep(pollMilliseconds);
    }
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  return null;
}

function pidOf(owner: string | null): number | undefined {
  const prefix = `${hostname()}:`;
  return owner?.startsWith(prefix) ? Number(owner.slice(prefix.length)) : undefined;
}
