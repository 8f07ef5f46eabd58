import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrateDatabase } from './migrate-database.js';
import { openDatabase } from './open-database.js';
import { useTokenByHash } from './tables/api-tokens.js';
import { findCompetition } from './tables/competitions.js';
import { sha256 } from './testing/seed-phase.js';
import { startTestPostgres, type TestPostgres } from './testing/test-postgres.js';

const migrations = new URL('../migrations/', import.meta.url);
const evaluatorPassword = 'x';
let postgres: TestPostgres;
let folder: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'holdout-test-migrations-'));
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A database as the release before that migration left it. */
async function createEarlier(before: number): Promise<string> {
  for (const name of await readdir(migrations)) {
    if (Number(name.slice(0, 4)) < before) await copyFile(new URL(name, migrations), join(folder, name));
  }
  const url = await postgres.createEmptyDatabase();
  await migrateDatabase({ url, evaluatorPassword, directory: pathToFileURL(`${folder}/`) });
  return url;
}

it('keeps teams and tokens of a release that knew of no people, and numbers its rules', async () => {
  const url = await createEarlier(19);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`INSERT INTO competitions (slug, title, description, rules) VALUES ('mura', 'M', '', 'Be fair.')`);
  const team = await client.query<{ id: string }>(`INSERT INTO teams (name) VALUES ('Ours') RETURNING id`);
  await client.query(
    'INSERT INTO api_tokens (token_sha256, team_id, organiser) VALUES ($1, $2, false), ($3, NULL, true)',
    [sha256('team'), team.rows[0]?.id, sha256('organiser')],
  );
  await client.end();
  await migrateDatabase({ url, evaluatorPassword });
  const database = openDatabase({ url, applicationName: 'test' });
  try {
    const known = { name: '', scope: 'organise', userId: null, competitionId: null };
    expect(await useTokenByHash(database, sha256('team'))).toMatchObject({ ...known, team: { name: 'Ours' } });
    expect(await useTokenByHash(database, sha256('organiser'))).toMatchObject({ ...known, team: null });
    expect(await findCompetition(database, 'mura')).toMatchObject({ rules: 'Be fair.', rulesVersion: 1 });
    await database.updateTable('competitions').set({ rules: 'Be fair, and kind.' }).execute();
    expect(await findCompetition(database, 'mura')).toMatchObject({ rulesVersion: 2 });
    await database.updateTable('competitions').set({ title: 'MURA' }).execute();
    expect(await findCompetition(database, 'mura')).toMatchObject({ rulesVersion: 2 });
  } finally {
    await database.close();
  }
});

it('gives turns to what waits already', async () => {
  const url = await createEarlier(30);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const one = async (text: string, values: unknown[] = []): Promise<string> =>
    (await client.query<{ id: string }>(`${text} RETURNING id`, values)).rows[0]?.id ?? '';
  const competition = await one(`INSERT INTO competitions (slug, title, description) VALUES ('c', 'C', '')`);
  const set = await one(`INSERT INTO test_sets (slug) VALUES ('s')`);
  const version = await one(
    `INSERT INTO test_set_versions (test_set_id, digest, study_types, studies, images) VALUES ($1, $2, '{}', 1, 1)`,
    [set, sha256('s')],
  );
  const phase = await one(
    `INSERT INTO phases (competition_id, slug, title, description, position, visibility, test_set_version_id,
      sample_version_id, bundle_size_bytes, time_limit_seconds, memory_limit_bytes)
     VALUES ($1, 'p', 'P', '', 0, 'hidden', $2, $2, 1, 1, 1)`,
    [competition, version],
  );
  const teams = [
    await one(`INSERT INTO teams (name) VALUES ('a')`),
    await one(`INSERT INTO teams (name) VALUES ('b')`),
  ];
  const [a, b] = teams;
  const evaluations: string[] = [];
  for (const team of [a, a, b]) {
    const submission = await one(
      `INSERT INTO submissions (phase_id, team_id, name, engine, manifest, bundle_digest, bundle_size_bytes)
       VALUES ($1, $2, 'n', 'command', '{"gpu": true}', $3, 1)`,
      [phase, team, sha256('bundle')],
    );
    evaluations.push(
      await one('INSERT INTO evaluations (submission_id, test_set_version_id) VALUES ($1, $2)', [submission, version]),
    );
  }
  await client.end();
  await migrateDatabase({ url, evaluatorPassword });
  const database = openDatabase({ url, applicationName: 'test' });
  try {
    const rows = await database.selectFrom('evaluations').select(['id', 'hardware', 'turn', 'queueLine']).execute();
    const [first, second, other] = evaluations.map((id) => rows.find((row) => row.id === id));
    expect([first, second, other]).toMatchObject([
      { hardware: 'gpu', turn: 1, queueLine: a },
      { hardware: 'gpu', turn: 2, queueLine: a },
      { hardware: 'gpu', turn: 1, queueLine: b },
    ]);
  } finally {
    await database.close();
  }
});
