import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { evaluatorUrl, prepareDatabase } from '@holdout/api';
import { type Database, listForgotten, openDatabase, readQueueAhead } from '@holdout/db';
import { startLocalPostgres } from '@holdout/local-postgres';
import { sql } from 'kysely';
import { scoreSome } from '../leaderboard/fill-database.js';
import type { Measurement, Row } from '../measurement.js';
import { type FilledQueue, fillQueue } from '../queue/fill-queue.js';
import type { SleepingWork, SleptWork } from '../queue/sleeping-worker.js';
import { timeAsync } from '../time-async.js';

const filled: FilledQueue = { teams: 10_000, perTeam: 10 };
const processes = 100;
const spellSeconds = 30;
const evaluatorPassword = 'bench';

/**
 * 100 worker processes that only sleep, on 100,000 evaluations of 10,000 teams that wait: how many go from the claim to the
 * published score in a second, where each takes a while and where none does, and how long a claim takes.
 */
export const measureQueue: Row = async ({ directory, rounds, say }) => {
  const settings = { max_connections: String(processes * 4) };
  const postgres = await startLocalPostgres({ directory: join(directory, 'postgres'), settings });
  const ownerUrl = postgres.url('holdout');
  await postgres.ensureDatabase('holdout');
  await prepareDatabase({ databaseUrl: ownerUrl, evaluatorPassword });
  const database = openDatabase({ url: ownerUrl, applicationName: 'bench' });
  try {
    await fillQueue(database, filled);
    say(`${filled.teams * filled.perTeam} evaluations wait`);
    const urls = { ownerUrl, evaluatorUrl: evaluatorUrl(ownerUrl, evaluatorPassword) };
    const score = scoreSome(7);
    const measurements: Measurement[] = [];
    for (const sleepSeconds of [30, 10, 0]) {
      const spells: Spell[] = [];
      for (let round = 0; round < rounds; round++) {
        const spell = await runSpell(database, { ...urls, sleepSeconds, score });
        spells.push(spell);
        const found = `${spell.perSecond.toFixed(2)} a second; Postgres waits for ${spell.waits}`;
        say(`evaluations of ${sleepSeconds} s: round ${round + 1} of ${rounds}: ${found}`);
      }
      measurements.push(...describeSpells(sleepSeconds, spells));
    }
    return [...measurements, ...(await measureReads(database, rounds))];
  } finally {
    await database.close();
    await postgres.stop();
  }
};

interface Spell {
  readonly perSecond: number;
  readonly claimMilliseconds: readonly number[];
  readonly connections: number;
  readonly lost: number;
  readonly waits: string;
}

/** All processes start, work for a while, and end; what is counted is counted while all are at work. */
async function runSpell(database: Database, work: SleepingWork): Promise<Spell> {
  const program = fileURLToPath(new URL('../queue/sleeping-worker.js', import.meta.url));
  const children: ChildProcess[] = [];
  // Not all at once, and not at work while others start: that is not what is measured.
  while (children.length < processes) {
    const some = Array.from({ length: 10 }, () => fork(program));
    children.push(...some);
    await Promise.all(some.map(hear));
  }
  for (const child of children) child.send(work);
  const from = Date.now() + Math.min(work.sleepSeconds, spellSeconds) * 1000;
  const to = from + spellSeconds * 1000;
  await sleep(from - Date.now());
  const waits = await sampleWaits(database, to);
  const connections = await countConnections(database);
  const slept = await Promise.all(children.map(endWorker));
  const published = slept.flatMap(({ publishedAt }) => publishedAt).filter((at) => at >= from && at < to);
  return {
    perSecond: published.length / spellSeconds,
    claimMilliseconds: slept.flatMap(({ claimMilliseconds }) => claimMilliseconds),
    lost: slept.reduce((sum, { lost }) => sum + lost, 0),
    connections,
    waits,
  };
}

/** Lets go of it when it has said all, by which it ends. */
async function endWorker(child: ChildProcess): Promise<SleptWork> {
  const said = hear(child);
  child.send('end');
  const slept = (await said) as SleptWork;
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
  return slept;
}

/** The next message of a process, which must not end before it. */
async function hear(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const onExit = (code: number | null) => ended.abort(new Error(`A worker process ended with ${code}.`));
  child.once('exit', onExit);
  const [message] = await once(child, 'message', { signal: ended.signal });
  child.off('exit', onExit);
  return message;
}

/** What Postgres' sessions wait for while they are at work, the most frequent first: that is what limits. */
async function sampleWaits(database: Database, until: number): Promise<string> {
  const counts = new Map<string, number>();
  while (Date.now() < until) {
    const { rows } = await sql<{ wait: string; count: number }>`
      SELECT coalesce(wait_event_type || ':' || wait_event, 'CPU') AS wait, count(*)::integer AS count
      FROM pg_stat_activity WHERE application_name LIKE 'bench-%' AND state <> 'idle' GROUP BY 1`.execute(database);
    for (const { wait, count } of rows) counts.set(wait, (counts.get(wait) ?? 0) + count);
    await sleep(500);
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const most = [...counts].toSorted(([, one], [, other]) => other - one).slice(0, 4);
  return most.map(([wait, count]) => `${wait} ${Math.round((100 * count) / all)} %`).join(', ');
}

async function countConnections(database: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM pg_stat_activity WHERE application_name LIKE 'bench-%'`.execute(database);
  return rows[0]?.count ?? 0;
}

function describeSpells(sleepSeconds: number, spells: readonly Spell[]): Measurement[] {
  const claims = spells.flatMap(({ claimMilliseconds }) => claimMilliseconds).toSorted((a, b) => a - b);
  const facts = {
    processes,
    ...filled,
    sleepSeconds,
    spellSeconds,
    connections: spells.at(-1)?.connections ?? 0,
    waits: spells.at(-1)?.waits ?? '',
    lost: spells.reduce((sum, { lost }) => sum + lost, 0),
  };
  const at = (share: number) => Math.round(claims[Math.floor((claims.length - 1) * share)] ?? Number.NaN);
  return [
    {
      what: `claims to published scores, 100 processes, each ${sleepSeconds} s`,
      unit: 'evaluations/s',
      samples: spells.map(({ perSecond }) => perSecond),
      facts,
    },
    {
      what: '… and how long a claim took',
      unit: 'ms',
      samples: claims,
      facts: { p50: at(0.5), p99: at(0.99) },
    },
  ];
}

/** What else is asked of a long queue: a place in it, and what was forgotten. */
async function measureReads(database: Database, rounds: number): Promise<Measurement[]> {
  const { id } = await database
    .selectFrom('evaluations')
    .select('id')
    .where('state', '=', 'queued')
    .orderBy('turn', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const places: number[] = [];
  const forgotten: number[] = [];
  for (let round = 0; round < rounds; round++) {
    places.push(await timeAsync(() => readQueueAhead(database, id)));
    forgotten.push(await timeAsync(() => listForgotten(database, { olderThanSeconds: 5 })));
  }
  return [
    { what: 'a place at the end of the queue', unit: 'ms', samples: places },
    { what: 'what reconcile looks for', unit: 'ms', samples: forgotten },
  ];
}
