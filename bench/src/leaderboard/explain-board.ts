import {
  type Database,
  findPhase,
  listComparedEntries,
  listVersionsOfPhase,
  type Queryable,
  readBoardStatistics,
  readLeaderboard,
  readPastBoard,
} from '@holdout/db';
import type { CompiledQuery, KyselyPlugin } from 'kysely';
import pg from 'pg';
import type { FilledPhase } from './fill-database.js';

/** Tables that a read of a present board may not go through from end to end; a past one is made of all scores. */
const large = ['evaluations', 'submissions', 'scores'];
const largeInThePast = ['evaluations'];

/**
 * Explains every query that a board is made by, as the API's own functions write them.
 *
 * @throws Error that names the query whose plan goes through a large table
 */
export async function explainBoard(database: Database, url: string, phase: FilledPhase): Promise<number> {
  const { phaseId, versionId } = phase;
  const present = await captureQueries(database, async (db) => {
    await findPhase(db, 'bench', 'test');
    await listVersionsOfPhase(db, phaseId);
    await readBoardStatistics(db, { phaseId, testSetVersionId: versionId });
    await listComparedEntries(db, { phaseId, testSetVersionId: versionId }, 1000);
    for (const page of [
      { offset: 0, limit: 100 },
      { offset: 0, limit: 1000 },
      { offset: 9900, limit: 100 },
    ]) {
      await readLeaderboard(db, phaseId, versionId, page);
    }
  });
  const past = await captureQueries(database, async (db) => {
    await readPastBoard(db, phaseId, new Date(), { offset: 0, limit: 100 });
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const query of present) await demandNoScan(client, query, large);
    for (const query of past) await demandNoScan(client, query, largeInThePast);
  } finally {
    await client.end();
  }
  return present.length + past.length;
}

/** Runs queries and keeps their SQL. */
async function captureQueries(database: Database, run: (db: Queryable) => Promise<void>): Promise<CompiledQuery[]> {
  const captured: CompiledQuery[] = [];
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      captured.push(database.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await run(database.withPlugin(plugin));
  return captured;
}

async function demandNoScan(client: pg.Client, query: CompiledQuery, tables: readonly string[]): Promise<void> {
  const { rows } = await client.query(`EXPLAIN ${query.sql}`, [...query.parameters]);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  const scanned = tables.find((table) => new RegExp(`Seq Scan on ${table}\\b`).test(plan));
  if (scanned) throw new Error(`The board reads all ${scanned}:\n${query.sql}\n${plan}`);
}
