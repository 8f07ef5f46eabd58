import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { apiProgram, prepareDatabase } from '@holdout/api';
import type { MetricTable } from '@holdout/contracts';
import {
  type Database,
  insertCompetition,
  insertPhase,
  insertTestSetVersion,
  openDatabase,
  type Queryable,
  upsertReferenceEntry,
} from '@holdout/db';
import { startLocalPostgres } from '@holdout/local-postgres';
import { sql } from 'kysely';

/** A server whose board has many rows, without a worker. */
export interface LargeBoard {
  /** Of the leaderboard’s page. */
  readonly address: string;
  stop(): Promise<void>;
}

const studyTypes = ['elbow', 'hand', 'wrist'] as const;
const readers = 3;
/** Rows of the board: the teams' and the readers'. */
export const rowsOf = (teams: number): number => teams + readers;

/**
 * The place of a team by kappa, and by one of the study types: each another order of the same teams, so that no order can
 * be had from another. The factors have no divisor in common with a power of ten.
 */
export const placeOf = (team: number, teams: number): number => (team * 7919) % teams;
export const placeByElbow = (team: number, teams: number): number => (team * 3571 + 1) % teams;

/** Fills a Postgres of its own with a board, past all journeys, and starts the API on it. */
export async function startLargeBoard(teams: number): Promise<LargeBoard> {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-large-board-'));
  const postgres = await startLocalPostgres({ directory: join(directory, 'postgres') });
  await postgres.ensureDatabase('holdout');
  const databaseUrl = postgres.url('holdout');
  await prepareDatabase({ databaseUrl, evaluatorPassword: 'large-board' });
  const database = openDatabase({ url: databaseUrl, applicationName: 'large-board' });
  await fill(database, teams);
  const api = spawn(process.execPath, [apiProgram], {
    env: {
      ...process.env,
      HOLDOUT_DATABASE_URL: databaseUrl,
      HOLDOUT_STORAGE_DIRECTORY: join(directory, 'storage'),
      HOLDOUT_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await readOrigin(api);
  return {
    address: `${origin}/competitions/large/leaderboard`,
    async stop() {
      api.kill('SIGTERM');
      await once(api, 'exit');
      await database.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function readOrigin(api: ChildProcess): Promise<string> {
  if (!api.stdout) throw new Error('The API was started without a pipe to read.');
  for await (const line of createInterface({ input: api.stdout })) {
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (!origin) continue;
    api.stdout.resume();
    return origin;
  }
  throw new Error('The API ended before it listened.');
}

async function fill(database: Database, teams: number): Promise<void> {
  const digest = createHash('sha256').update('large').digest('hex');
  const studies = studyTypes.map((studyType, place) => ({
    study: `XR_${studyType.toUpperCase()}/patient${place}/study1`,
    studyType,
    patient: `patient${place}`,
    goldLabel: (place % 2) as 0 | 1,
    images: [{ fileName: 'image1.png', digest, sizeBytes: 1000, width: 320, height: 320 }],
  }));
  const versionId = await insertTestSetVersion(database, { testSet: 'large', digest, studies });
  const competitionId = await insertCompetition(database, { slug: 'large', title: 'Large', description: '' });
  const phaseId = await insertPhase(database, {
    competitionId,
    slug: 'test',
    title: 'Test',
    description: '',
    position: 0,
    visibility: 'public',
    testSetVersionId: versionId,
    sampleVersionId: versionId,
    bundleSizeBytes: 1_000_000,
    timeLimitSeconds: 600,
    memoryLimitBytes: 4_000_000_000,
  });
  await database.transaction().execute((trx) => insertTeams(trx, { phaseId, versionId, teams }));
  for (let reader = 1; reader <= readers; reader++) {
    // Far apart, the last of them far down.
    const kappa = 0.95 - 0.3 * reader;
    const byStudyType = Object.fromEntries(studyTypes.map((type) => [type, makeTable(kappa)]));
    const score = { studies: 3, overall: makeTable(kappa), byStudyType };
    await upsertReferenceEntry(database, { phaseId, kind: 'reader', name: `Reader ${reader}`, score });
  }
  await sql`ANALYZE`.execute(database);
}

interface FilledPhase {
  readonly phaseId: string;
  readonly versionId: string;
  readonly teams: number;
}

/** Written past the triggers, as it would stand after the journeys of all of them. */
async function insertTeams(trx: Queryable, { phaseId, versionId, teams }: FilledPhase): Promise<void> {
  await sql`SET LOCAL session_replication_role = replica`.execute(trx);
  await sql`
    CREATE FUNCTION pg_temp.metric_table(kappa numeric) RETURNS jsonb LANGUAGE sql AS $$
      SELECT jsonb_set(${sql.lit(JSON.stringify(makeTable(0)))}::jsonb, '{kappa,value}', to_jsonb(kappa)) $$`.execute(
    trx,
  );
  await sql`INSERT INTO teams (name) SELECT 'Team ' || n FROM generate_series(1, ${teams}::integer) n`.execute(trx);
  await sql`
    INSERT INTO submissions (phase_id, team_id, name, engine, manifest, bundle_digest, bundle_size_bytes, submitted_at)
    SELECT ${phaseId}, id, 'model of ' || name, 'onnx', '{}', encode(sha256(name::bytea), 'hex'), 1000,
      now() - interval '1 day' + substr(name, 6)::integer * interval '1 second'
    FROM teams`.execute(trx);
  await sql`
    INSERT INTO evaluations (submission_id, test_set_version_id, state, attempts, predictions_digest, provenance,
      queued_at, checking_at, running_at, scoring_at, scored_at)
    SELECT id, ${versionId}, 'scored', 1, bundle_digest, '{}', submitted_at, submitted_at, submitted_at, submitted_at,
      submitted_at
    FROM submissions`.execute(trx);
  await sql`
    INSERT INTO scores (evaluation_id, score, intervals, scorer_version, provenance)
    SELECT evaluation_id,
      jsonb_build_object('studies', 3, 'overall', pg_temp.metric_table(kappa), 'byStudyType', jsonb_build_object(
        'elbow', pg_temp.metric_table(elbow), 'hand', pg_temp.metric_table(kappa), 'wrist', pg_temp.metric_table(0.5))),
      jsonb_build_object('overall', jsonb_build_object('kappa', jsonb_build_object('bootstrap', jsonb_build_object(
        'method', 'bootstrap', 'lower', kappa - 0.1, 'upper', kappa + 0.04)))), '1', '{}'
    FROM (
      SELECT evaluations.id AS evaluation_id, 0.95 - ((n * 7919) % ${teams}::bigint)::numeric / ${teams}::numeric AS kappa,
        0.95 - ((n * 3571 + 1) % ${teams}::bigint)::numeric / ${teams}::numeric AS elbow
      FROM evaluations JOIN submissions ON submissions.id = submission_id
      JOIN (SELECT id, substr(name, 6)::bigint AS n FROM teams) numbered ON numbered.id = team_id
    ) kappas`.execute(trx);
  await sql`
    INSERT INTO entries (phase_id, test_set_version_id, kind, team_id, evaluation_id, ranking_values, submitted_at)
    SELECT phase_id, test_set_version_id, 'team', team_id, evaluation_id, ranking_values(score, '{kappa}'), submitted_at
    FROM scores JOIN evaluations ON evaluations.id = evaluation_id
    JOIN submissions ON submissions.id = submission_id`.execute(trx);
  await sql`
    INSERT INTO board_statistics (phase_id, test_set_version_id, entries_key, statistics)
    SELECT phase_id, test_set_version_id, '', jsonb_build_object('level', 0.95, 'resamples', 2000, 'seed', 1,
      'entries', jsonb_object_agg(evaluation_id, '{"rank": {"lower": 1, "upper": 90}, "toldApartFromFirst": false,
        "againstBestReader": "better than"}'::jsonb))
    FROM (SELECT * FROM entries ORDER BY ranking_values DESC LIMIT 1000) first
    GROUP BY phase_id, test_set_version_id`.execute(trx);
}

/** All metrics are the same: the pages only show them. */
function makeTable(kappa: number): MetricTable {
  const counts = { truePositive: 1, falsePositive: 0, trueNegative: 2, falseNegative: 0 };
  const value = { value: kappa };
  const metrics = { accuracy: value, balancedAccuracy: value, sensitivity: value, specificity: value };
  return { studies: 3, counts, kappa: value, ...metrics, f1: value, auroc: value };
}
