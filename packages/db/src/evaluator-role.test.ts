import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { evaluatorUrl } from './evaluator-role.js';
import { listGoldLabels, listReaderLabels, listSampleLabels } from './tables/labels.js';
import { insertRunLog, listRunLogs } from './tables/run-logs.js';
import { seedPhase, seedSubmission, sha256 } from './testing/seed-phase.js';
import { useDatabases } from './testing/use-databases.js';

const databases = useDatabases();

/** Every table of the database, and what the evaluating worker's role may do with it. A new one must be added here. */
const mayDo: Record<string, string[]> = {
  accounts: [],
  api_tokens: [],
  audit_log: [],
  board_statistics: [],
  competition_organisers: [],
  competition_rules: [],
  competitions: ['SELECT'],
  device_codes: [],
  entries: [],
  evaluation_events: ['INSERT', 'SELECT'],
  evaluations: ['SELECT'],
  gold_labels: [],
  heat_maps: [],
  images: ['SELECT'],
  installation_keys: [],
  outbox: [],
  participants: [],
  participations: [],
  phase_history: [],
  phase_test_sets: [],
  phases: ['SELECT'],
  queue_turns: [],
  reader_labels: [],
  rules_acceptances: [],
  run_logs: ['INSERT'],
  schema_migrations: [],
  scores: [],
  sessions: [],
  starter_bundles: [],
  studies: ['SELECT'],
  study_sources: [],
  submission_choices: [],
  submission_moves: [],
  submission_standings: [],
  submissions: ['SELECT'],
  team_invitations: [],
  team_members: [],
  team_merge_offers: [],
  teams: [],
  test_set_keys: [],
  test_set_versions: ['SELECT'],
  test_sets: ['SELECT'],
  two_factors: [],
  uploads: [],
  users: [],
  verifications: [],
  worker_losses: ['INSERT', 'SELECT'],
  workers: ['INSERT', 'SELECT'],
};

const asEvaluator = (statement: string) => sql.raw(statement).execute(databases.evaluator);

it('is refused by Postgres itself wherever it has no business', async () => {
  const { rows } = await sql<{ name: string }>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`.execute(databases.owner);
  expect(rows.map((row) => row.name)).toEqual(Object.keys(mayDo));
  const statements = {
    SELECT: (table: string) => `SELECT * FROM ${table} LIMIT 0`,
    INSERT: (table: string) => `INSERT INTO ${table} DEFAULT VALUES`,
    UPDATE: (table: string, column: string) => `UPDATE ${table} SET ${column} = ${column} WHERE false`,
    DELETE: (table: string) => `DELETE FROM ${table} WHERE false`,
    TRUNCATE: (table: string) => `TRUNCATE ${table}`,
  };
  for (const [table, allowed] of Object.entries(mayDo)) {
    const columns = await sql<{ name: string }>`
      SELECT column_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = ${table} ORDER BY ordinal_position LIMIT 1 OFFSET 1`.execute(
      databases.owner,
    );
    const column = columns.rows[0]?.name ?? '';
    for (const [verb, make] of Object.entries(statements)) {
      if (allowed.includes(verb) && verb === 'SELECT') await asEvaluator(make(table, column));
      if (allowed.includes(verb)) continue;
      await expect(asEvaluator(make(table, column)), `${verb} ${table}`).rejects.toThrow('permission denied');
    }
  }
});

it('can’t read a label, a token or a score by the queries of the others', async () => {
  const { versionId } = await seedPhase(databases.owner);
  expect(await listGoldLabels(databases.owner, versionId)).toHaveLength(3);
  await expect(listGoldLabels(databases.evaluator, versionId)).rejects.toThrow(
    'permission denied for table gold_labels',
  );
  await expect(listReaderLabels(databases.evaluator, versionId)).rejects.toThrow(
    'permission denied for table reader_labels',
  );
});

it('reads the labels of a public sample, and none of a version that a hidden phase scores', async () => {
  const { owner, evaluator } = databases;
  const hidden = await seedPhase(owner);
  const sample = await seedPhase(owner);
  const labels = await listGoldLabels(owner, sample.versionId);
  expect(await listSampleLabels(evaluator, hidden.versionId)).toEqual([]);
  expect(await listSampleLabels(evaluator, sample.versionId)).toEqual([]);
  await owner.updateTable('phases').set({ visibility: 'public' }).where('id', '=', sample.phaseId).execute();
  await owner
    .updateTable('phases')
    .set({ sampleVersionId: sample.versionId })
    .where('id', 'in', [hidden.phaseId, sample.phaseId])
    .execute();
  const expected = labels.map(({ study, studyType, label }) => ({ study, studyType, label }));
  expect(await listSampleLabels(evaluator, sample.versionId)).toEqual(expected);
  expect(await listSampleLabels(evaluator, hidden.versionId)).toEqual([]);
  // As soon as a hidden phase is to change to it, it is none.
  await owner
    .updateTable('phases')
    .set({ nextTestSetVersionId: sample.versionId })
    .where('id', '=', hidden.phaseId)
    .execute();
  expect(await listSampleLabels(evaluator, sample.versionId)).toEqual([]);
});

it('leaves a log of the hidden run that it can’t read again', async () => {
  const { evaluationId } = await seedSubmission(databases.owner, await seedPhase(databases.owner));
  const run = { attempt: 1, code: 'command_failed' as const, detail: 'exit code 1', log: 'a\0b' };
  await insertRunLog(databases.evaluator, { evaluationId, ...run });
  await expect(listRunLogs(databases.evaluator, evaluationId)).rejects.toThrow('permission denied for table run_logs');
  expect(await listRunLogs(databases.owner, evaluationId)).toMatchObject([{ ...run, log: 'a\uFFFDb' }]);
  await expect(sql`UPDATE run_logs SET log = ''`.execute(databases.owner)).rejects.toThrow();
});

it('can’t deceive a guard by a table of its own, nor rewrite what was left for scoring', async () => {
  const phase = await seedPhase(databases.owner);
  const { evaluationId } = await seedSubmission(databases.owner, phase);
  await sql`UPDATE evaluations SET state = 'checking' WHERE id = ${evaluationId}`.execute(databases.owner);
  await sql`UPDATE evaluations SET state = 'running' WHERE id = ${evaluationId}`.execute(databases.owner);
  const left = sha256('predictions');
  await sql`UPDATE evaluations SET state = 'scoring', predictions_digest = ${left} WHERE id = ${evaluationId}`.execute(
    databases.owner,
  );
  const deceive = databases.evaluator.transaction().execute(async (trx) => {
    // A server's own database refuses this already; a copy of it, as here, does not.
    await sql`CREATE TEMP TABLE scores (evaluation_id uuid)`.execute(trx);
    await sql`INSERT INTO pg_temp.scores VALUES (${evaluationId})`.execute(trx);
    await sql`UPDATE evaluations SET state = 'scored' WHERE id = ${evaluationId}`.execute(trx);
  });
  await expect(deceive).rejects.toThrow('permission denied for table scores');
  const rewrite = `UPDATE evaluations SET predictions_digest = '${'a'.repeat(64)}' WHERE id = '${evaluationId}'`;
  await expect(asEvaluator(rewrite)).rejects.toThrow('never changes');
});

it('can’t call anything scored, move an evaluation to another test set, or raise itself', async () => {
  const phase = await seedPhase(databases.owner);
  const { evaluationId } = await seedSubmission(databases.owner, phase);
  await asEvaluator(`UPDATE evaluations SET state = 'checking'`);
  await asEvaluator(`UPDATE evaluations SET state = 'running'`);
  await asEvaluator(`UPDATE evaluations SET state = 'scoring', predictions_digest = '${sha256('predictions')}'`);
  for (const statement of [
    `UPDATE evaluations SET state = 'scored'`,
    'UPDATE evaluations SET scored_at = now()',
    'UPDATE evaluations SET scoring_attempts = 0',
    `UPDATE workers SET mode = 'working'`,
    `INSERT INTO workers (name, kind, machine, description, mode) VALUES ('a', 'evaluating', 'a', '{}', 'paused')`,
    `UPDATE evaluations SET test_set_version_id = '${phase.versionId}'`,
    `INSERT INTO evaluations (submission_id, test_set_version_id) VALUES ('${evaluationId}', '${phase.versionId}')`,
    'CREATE TABLE public.mine (id integer)',
    'ALTER TABLE evaluations DISABLE TRIGGER ALL',
    'GRANT SELECT ON gold_labels TO holdout_evaluator',
    'SET ROLE postgres',
    `COPY gold_labels TO PROGRAM 'cat'`,
    `SELECT pg_read_file('postgresql.conf')`,
  ]) {
    await expect(asEvaluator(statement), statement).rejects.toThrow(/permission denied|must be owner/);
  }
});

it('logs in with its own password only', async () => {
  const { owner } = databases;
  expect((await sql`SELECT current_user`.execute(databases.evaluator)).rows).toEqual([
    { currentUser: 'holdout_evaluator' },
  ]);
  const { rows } = await sql<Record<string, boolean>>`
    SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication FROM pg_roles
    WHERE rolname = 'holdout_evaluator'`.execute(owner);
  expect(Object.values(rows[0] ?? {})).toEqual([false, false, false, false, false]);
  expect(evaluatorUrl('postgres://owner:pw@db:5432/holdout?sslmode=require', 'a/b@c:é%')).toBe(
    'postgres://holdout_evaluator:a%2Fb%40c%3A%C3%A9%25@db:5432/holdout?sslmode=require',
  );
});
