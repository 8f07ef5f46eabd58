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
