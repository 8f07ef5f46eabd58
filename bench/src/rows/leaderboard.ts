import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDatabase } from '@holdout/api';
import { leaderboardSchema } from '@holdout/contracts';
import { openDatabase } from '@holdout/db';
import { startLocalPostgres } from '@holdout/local-postgres';
import { enterTeam } from '../leaderboard/enter-team.js';
import { explainBoard } from '../leaderboard/explain-board.js';
import { fillDatabase, scoredPerTeam, submissionsPerTeam, teams } from '../leaderboard/fill-database.js';
import type { LoadResult } from '../leaderboard/load.js';
import { measureLoad, readRaw, startApi, startBareServer } from '../leaderboard/start-load.js';
import type { Measurement, Row } from '../measurement.js';
import { timeAsync } from '../time-async.js';

const path = '/api/competitions/bench/phases/test/leaderboard?limit=100';
const connections = 16;
const spellSeconds = 5;
const pastReaders = 8;
const gzip = { 'accept-encoding': 'gzip' };

/**
 * The first hundred of 10,000 teams, with a million evaluations in the database: as fast as it is answered over 16
 * connections, in turns with a bare fastify route that sends the same bytes. Then with a team's score published every
 * second meanwhile, or past boards asked for, and the first read after a change. Fails where a query of the board goes through a large table.
 */
export const measureLeaderboard: Row = async ({ directory, rounds, say }) => {
  const postgres = await startLocalPostgres({ directory: join(directory, 'postgres') });
  const url = postgres.url('holdout');
  await postgres.ensureDatabase('holdout');
  await prepareDatabase({ databaseUrl: url, evaluatorPassword: 'bench' });
  const database = openDatabase({ url, applicationName: 'bench' });
  const closers = [() => postgres.stop(), () => database.close()];
  try {
    const phase = await fillDatabase(database, say);
    const queries = await explainBoard(database, url, phase);
    say(`${queries} queries explained; none reads all evaluations`);
    const api = await startApi(url, join(directory, 'storage'));
    closers.push(() => api.stop());
    const board = api.url + path;
    const packed = await readRaw(board, gzip);
    const plainBytes = (await readRaw(board, {})).body.length;
    const bare = await startBareServer(board, gzip);
    closers.push(() => bare.stop());
    const barePlain = await startBareServer(board, {});
    closers.push(() => barePlain.stop());

    const ask = (server: string, headers: Record<string, string>, status = 200) =>
      measureLoad({ url: server + path, headers, connections, seconds: spellSeconds, status });
    const found = { gzip: makeSides(), plain: makeSides(), unchanged: makeSides() };
    const whileWriting: LoadResult[] = [];
    const whilePast: LoadResult[] = [];
    const cold: number[] = [];
    const past: number[] = [];
    // Before the code is compiled to machine code.
    for (const server of [api, bare]) await ask(server.url, gzip);
    for (let round = 0; round < rounds; round++) {
      found.gzip.ours.push(await ask(api.url, gzip));
      found.gzip.bare.push(await ask(bare.url, gzip));
      const { headers } = await readRaw(board, gzip);
      found.unchanged.ours.push(await ask(api.url, { ...gzip, 'if-none-match': String(headers.etag) }, 304));
      found.unchanged.bare.push(await ask(bare.url, { ...gzip, 'if-none-match': String(packed.headers.etag) }, 304));
      found.plain.ours.push(await ask(api.url, {}));
      found.plain.bare.push(await ask(barePlain.url, {}));
      const writing = new AbortController();
      const written = writeEverySecond(writing.signal, () => enterTeam(database, phase));
      whileWriting.push(await ask(api.url, gzip));
      writing.abort();
      const entered = await written;
      for (let time = 0; time < 5; time++) {
        await enterTeam(database, phase);
        cold.push(await timeAsync(() => readRaw(board, gzip)));
      }
      past.push(await timeAsync(() => readPastBoard(board)));
      const asking = new AbortController();
      const asked = Promise.all(Array.from({ length: pastReaders }, () => readPastBoards(asking.signal, board)));
      whilePast.push(await ask(api.url, gzip));
      asking.abort();
      await asked;
      say(`round ${round + 1} of ${rounds}; ${entered} teams entered while reading`);
    }
    const facts = {
      teams,
      evaluations: teams * submissionsPerTeam,
      scored: teams * scoredPerTeam,
      connections,
      spellSeconds,
      bytes: packed.body.length,
      plainBytes,
      queries,
    };
    return [
      ...describeLoad('first 100 of 10,000 teams', found.gzip, true),
      ...describeLoad('… not changed (304)', found.unchanged, true),
      ...describeLoad('… not compressed', found.plain, false),
      {
        what: '… with a new entry every second',
        unit: 'requests/s',
        samples: whileWriting.map(({ requestsPerSecond }) => requestsPerSecond),
        aim: { of: 'median', comparison: 'atLeast', value: 2000 },
      },
      {
        what: '… … p99',
        unit: 'ms',
        samples: whileWriting.map(({ p99Ms }) => p99Ms),
        aim: { of: 'median', comparison: 'below', value: 20 },
      },
      { what: '… the first read after a new entry', unit: 'ms', samples: cold },
      { what: '… as it stood at some past moment', unit: 'ms', samples: past },
      {
        what: `… while ${pastReaders} others ask for past boards`,
        unit: 'requests/s',
        samples: whilePast.map(({ requestsPerSecond }) => requestsPerSecond),
      },
      { what: '… … p99', unit: 'ms', samples: whilePast.map(({ p99Ms }) => p99Ms) },
    ].map((measurement) => ({ ...measurement, facts }) as Measurement);
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

interface Sides {
  ours: LoadResult[];
  bare: LoadResult[];
}

const makeSides = (): Sides => ({ ours: [], bare: [] });

function describeLoad(what: string, { ours, bare }: Sides, hasAim: boolean): Measurement[] {
  const against = 'a bare fastify route, same bytes';
  const rates = (side: LoadResult[]) => side.map(({ requestsPerSecond }) => requestsPerSecond);
  const p99s = (side: LoadResult[]) => side.map(({ p99Ms }) => p99Ms);
  const atLeast = { of: 'median', comparison: 'atLeast', value: 2000 } as const;
  const below = { of: 'median', comparison: 'below', value: 20 } as const;
  return [
    {
      what,
      unit: 'requests/s',
      samples: rates(ours),
      against: { what: against, samples: rates(bare) },
      ...(hasAim ? { aim: atLeast } : {}),
    },
    { what: '… … p50', unit: 'ms', samples: ours.map(({ p50Ms }) => p50Ms) },
    {
      what: '… … p99',
      unit: 'ms',
      samples: p99s(ours),
      against: { what: against, samples: p99s(bare) },
      ...(hasAim ? { aim: below } : {}),
    },
  ];
}

/** Another one each time, so that none is known already. */
function pickPastMoment(): string {
  const days = 10 + 180 * Math.random();
  return new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();
}

async function readPastBoards(signal: AbortSignal, board: string): Promise<void> {
  while (!signal.aborted) await readPastBoard(board);
}

async function readPastBoard(board: string): Promise<void> {
  const { body } = await readRaw(`${board}&at=${pickPastMoment()}`, {});
  const { entries } = leaderboardSchema.parse(JSON.parse(body.toString()));
  if (entries.length !== 100) throw new Error(`The past board has ${entries.length} entries, expected 100.`);
}

/** Resolves to how often, when the signal was given. */
async function writeEverySecond(signal: AbortSignal, write: () => Promise<unknown>): Promise<number> {
  let times = 0;
  while (!signal.aborted) {
    await write();
    times += 1;
    await sleep(1000, undefined, { signal }).catch(() => {});
  }
  return times;
}
