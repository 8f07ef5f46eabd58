import { join } from 'node:path';
import { prepareDatabase } from '@holdout/api';
import { openDatabase } from '@holdout/db';
import { startLocalPostgres } from '@holdout/local-postgres';
import { enterTeam } from '../leaderboard/enter-team.js';
import { fillDatabase } from '../leaderboard/fill-database.js';
import { readRaw, startApi } from '../leaderboard/start-load.js';
import type { BenchOptions } from '../measurement.js';
import { timeAsync } from '../time-async.js';

const leastTeams = 100;
const submissionsPerTeam = 5;
const path = '/api/competitions/bench/phases/test/leaderboard?limit=100';

/**
 * The journey of a submission in the database, from a new team to its entry, and the first read of a board after it, on
 * boards of a hundred entries and its multiples.
 *
 * @returns milliseconds for each factor
 */
export async function measureBoards(
  { directory, rounds, say }: BenchOptions,
  factors: readonly number[],
): Promise<[string, number[][]][]> {
  const entering: number[][] = [];
  const reading: number[][] = [];
  const postgres = await startLocalPostgres({ directory: join(directory, 'growth') });
  try {
    for (const factor of factors) {
      const name = `growth${factor}`;
      await postgres.ensureDatabase(name);
      const url = postgres.url(name);
      await prepareDatabase({ databaseUrl: url, evaluatorPassword: 'bench' });
      const database = openDatabase({ url, applicationName: 'bench' });
      const phase = await fillDatabase(database, say, submissionsPerTeam, leastTeams * factor);
      const api = await startApi(url, join(directory, 'storage'));
      const times = { enter: [] as number[], read: [] as number[] };
      for (let time = 0; time < 5 * rounds; time++) {
        times.enter.push(await timeAsync(() => enterTeam(database, phase)));
        times.read.push(await timeAsync(() => readRaw(api.url + path, {})));
      }
      // The first ones run before the code is compiled to machine code.
      entering.push(times.enter.slice(2));
      reading.push(times.read.slice(2));
      await api.stop();
      await database.close();
    }
  } finally {
    await postgres.stop();
  }
  return [
    ['all that is written of a submission, to its entry', entering],
    ['the first hundred of a board, after a new entry', reading],
  ];
}
