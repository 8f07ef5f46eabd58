import { type SubmissionState, submissionStates, submissionTransitions } from '@holdout/contracts';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { findTestSetVersion, insertTestSetVersion } from './tables/test-set-versions.js';
import { seedPhase, seedStudy, seedSubmission, sha256 } from './testing/seed-phase.js';
import { useDatabases } from './testing/use-databases.js';

const databases = useDatabases();

const run = (statement: string) => sql.raw(statement).execute(databases.owner);

/** How a hand that knows the constraints writes each state. */
const byHand: Record<SubmissionState, string> = {
  queued: '',
  checking: '',
  running: '',
  scoring: `, predictions_digest = '${sha256('predictions')}'`,
  scored: '',
  rejected: `, reason_code = 'runner_crashed'`,
  failed: `, reason_code = 'internal'`,
  cancelled: '',
};

/** The legal ways to each state. */
const ways: Record<SubmissionState, SubmissionState[]> = {
  queued: [],
  checking: ['checking'],
  running: ['checking', 'running'],
  scoring: ['checking', 'running', 'scoring'],
  scored: ['checking', 'running', 'scoring', 'scored'],
  rejected: ['checking', 'rejected'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};

const move = (evaluationId: string, to: SubmissionState) =>
  run(`UPDATE evaluations SET state = '${to}'${byHand[to]} WHERE id = '${evaluationId}'`);

async function evaluationIn(state: SubmissionState, phase: Awaited<ReturnType<typeof seedPhase>>): Promise<string> {
  const { evaluationId } = await seedSubmission(databases.owner, phase);
  await run(`INSERT INTO scores VALUES ('${evaluationId}', '{}', '1', '{}')`);
  for (const step of ways[state]) await move(evaluationId, step);
  return evaluationId;
}

it('lists the same transitions in SQL as in contracts', async () => {
  for (const from of submissionStates) {
    for (const to of submissionStates) {
      const { rows } = await sql<{ allowed: boolean }>`
        SELECT evaluation_transition_allowed(${from}, ${to}) AS allowed`.execute(databases.owner);
      expect([from, to, rows[0]?.allowed]).toEqual([from, to, submissionTransitions[from].includes(to)]);
    }
  }
});

it('refuses every other transition, also by hand', async () => {
  const phase = await seedPhase(databases.owner);
  for (const from of submissionStates) {
    for (const to of submissionStates.filter((state) => state !== from)) {
      const evaluationId = await evaluationIn(from, phase);
      if (submissionTransitions[from].includes(to)) await move(evaluationId, to);
      else
        await expect(move(evaluationId, to), `${from} → ${to}`).rejects.toThrow(
          `there is no way from ${from} to ${to}`,
        );
    }
  }
});

it('knows the states of contracts and no others', async () => {
  const { rows } = await sql<{ definition: string }>`
    SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'evaluations_state_check'`.execute(
    databases.owner,
  );
  const known = [...(rows[0]?.definition ?? '').matchAll(/'(\w+)'::text/g)].map(([, state]) => state);
  expect(known.sort()).toEqual([...submissionStates].sort());
});

it('holds an evaluation together', async () => {
  const phase = await seedPhase(databases.owner);
  const id = await evaluationIn('running', phase);
  const update = (change: string) => run(`UPDATE evaluations SET ${change} WHERE id = '${id}'`);
  await expect(update(`state = 'scoring'`)).rejects.toThrow('predictions_before_scoring');
  await expect(update(`state = 'rejected'`)).rejects.toThrow('reason_of_an_end');
  await expect(update(`reason_code = 'internal'`)).rejects.toThrow('reason_of_an_end');
  await expect(update(`images_done = 1, images_total = 2`)).rejects.toThrow('check');
  await expect(update(`progress_stage = 'running', images_done = 3, images_total = 2`)).rejects.toThrow('check');
  await update(`lease_token = 5, lease_owner = 'worker', lease_expires_at = now()`);
  await expect(update('lease_token = 4')).rejects.toThrow('a lease token never goes back');
  await expect(update(`state = 'cancelled'`)).rejects.toThrow('lease_only_while_working');
  await run(`DELETE FROM scores`);
  await update(`state = 'scoring', predictions_digest = '${sha256('predictions')}'`);
  await expect(update(`state = 'scored', lease_owner = NULL, lease_expires_at = NULL`)).rejects.toThrow('has no score');
  await expect(run(`DELETE FROM evaluations`)).rejects.toThrow('foreign key');
});

it('lets an evaluation begin queued, and once for a submission and a test-set version', async () => {
  const phase = await seedPhase(databases.owner);
  const { submissionId } = await seedSubmission(databases.owner, phase);
  const again = (state: string, versionId: string) =>
    run(`INSERT INTO evaluations (submission_id, test_set_version_id, state)
         VALUES ('${submissionId}', '${versionId}', '${state}')`);
  await expect(again('queued', phase.versionId)).rejects.toThrow('duplicate key');
  const other = await seedPhase(databases.owner);
  await expect(again('scored', other.versionId)).rejects.toThrow('begins queued');
  await again('queued', other.versionId);
});

it('keeps a test-set version as it was made', async () => {
  const { versionId } = await seedPhase(databases.owner);
  const tables = ['test_set_versions', 'studies', 'images', 'reader_labels', 'gold_labels'];
  for (const table of tables) {
    await expect(run(`DELETE FROM ${table}`), table).rejects.toThrow('make a new version');
    await expect(run(`TRUNCATE ${table} CASCADE`), table).rejects.toThrow('make a new version');
  }
  await expect(run('UPDATE gold_labels SET label = 1 - label')).rejects.toThrow('make a new version');
  await expect(run(`UPDATE images SET digest = '${sha256('other')}'`)).rejects.toThrow('make a new version');
  await expect(
    run(`INSERT INTO studies (test_set_version_id, position, study, study_type, patient)
         VALUES ('${versionId}', 9, 'XR_HAND/patient9/study1', 'hand', 'patient9')`),
  ).rejects.toThrow('is complete');
  for (const statement of [
    `INSERT INTO images SELECT id, 9, 'image9.png', '${sha256('9')}', 1, 1, 1 FROM studies LIMIT 1`,
    `INSERT INTO reader_labels SELECT id, 'grace', 1 FROM studies LIMIT 1`,
    `INSERT INTO gold_labels SELECT id, 1 FROM studies LIMIT 1`,
  ]) {
    await expect(run(statement), statement).rejects.toThrow('is complete');
  }
});

it('has a version once, and whole', async () => {
  const { owner } = databases;
  const version = { testSet: 'mura', digest: sha256('v1'), studies: [seedStudy('wrist', 1, 0)] };
  const ids = await Promise.all([1, 2, 3].map(() => insertTestSetVersion(owner, version)));
  expect(new Set(ids).size).toBe(1);
  expect(await findTestSetVersion(owner, 'mura', sha256('v1'))).toBe(ids[0]);
  expect(await findTestSetVersion(owner, 'mura', sha256('v2'))).toBeNull();
  const unknownReading = [{ reader: 'ada', labels: new Map([['XR_HAND/patient9/study1', 1 as const]]) }];
  await expect(
    insertTestSetVersion(owner, { ...version, digest: sha256('v2'), readers: unknownReading }),
  ).rejects.toThrow('is not in the test set');
  const twice = { ...version, digest: sha256('v2'), studies: [seedStudy('wrist', 1, 0), seedStudy('wrist', 1, 1)] };
  await expect(insertTestSetVersion(owner, twice)).rejects.toThrow('duplicate key');
  expect(await findTestSetVersion(owner, 'mura', sha256('v2'))).toBeNull();
});
