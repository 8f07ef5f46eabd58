import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { listAudit } from '../tables/audit-log.js';
import { listStaleBoards } from '../tables/board-statistics.js';
import { readLeaderboard } from '../tables/entries.js';
import { listForgotten } from '../tables/evaluations.js';
import { readPastBoard } from '../tables/past-board.js';
import { readQuotaUse } from '../tables/quotas.js';
import { findReproduction } from '../tables/reproductions.js';
import { findSubmission } from '../tables/submissions.js';
import { insertTestSetVersion } from '../tables/test-set-versions.js';
import { type SeededPhase, scoreOf, seedPhase, seedStudy, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { changeStanding } from './change-standing.js';
import { prepareTestSetChange, switchTestSets } from './change-test-set.js';
import { claimEvaluation } from './claim-evaluation.js';
import { claimScoring } from './claim-scoring.js';
import { rejectEvaluation } from './end-evaluation.js';
import { insertPredictions } from './insert-predictions.js';
import { insertReproduction } from './insert-reproduction.js';
import { publishComparison } from './publish-comparison.js';
import { publishScore } from './publish-score.js';
import { finishRunning, startRunning } from './run-evaluation.js';

const databases = useDatabases();
const comparison = { studies: 3, images: 6, identical: false, maxAbsoluteDifference: 0.25, differingCalls: 1 };
const actor = 'organiser ada';

/** Takes an evaluation as far as its predictions, as the evaluating worker's own role. */
async function predict(evaluationId: string, predictions: string): Promise<void> {
  const { evaluator } = databases;
  const claim = await claimEvaluation(evaluator, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  const held = { evaluationId, leaseToken: claim?.leaseToken ?? 0 };
  await startRunning(evaluator, held);
  const result = { predictionsDigest: sha256(predictions), provenance: { engine: 'onnx' } };
  expect(await finishRunning(evaluator, { ...held, ...result })).toBe(true);
}

async function publish(evaluationId: string, kappa: number): Promise<void> {
  const claim = await claimScoring(databases.owner, { evaluationId, owner: 'scorer', leaseSeconds: 30 });
  const published = { score: scoreOf(kappa), scorerVersion: '1', provenance: {} };
  expect(await publishScore(databases.owner, { ...published, evaluationId, leaseToken: claim?.leaseToken ?? 0 })).toBe(
    true,
  );
}

async function seedScored() {
  const phase = await seedPhase(databases.owner);
  const { evaluationId, submissionId } = await seedSubmission(databases.owner, phase);
  await predict(evaluationId, 'first');
  await publish(evaluationId, 0.5);
  return { phase, evaluationId, submissionId };
}

/** All that a reproduction must leave as it was. */
async function readAll({ phaseId, teamId, versionId }: SeededPhase, submissionId: string) {
  const { owner } = databases;
  const statistics = (await listStaleBoards(owner)).map(({ entriesKey }) => entriesKey);
  const { rows: standing } = await sql`SELECT * FROM entries ORDER BY id`.execute(owner);
  const { rows: scores } = await sql`SELECT * FROM scores ORDER BY evaluation_id`.execute(owner);
  return {
    standing,
    scores,
    statistics,
    board: await readLeaderboard(owner, phaseId),
    past: await readPastBoard(owner, phaseId, new Date(Date.now() + 60_000)),
    submission: await findSubmission(owner, submissionId),
    quota: (await readQuotaUse(owner, { phaseId, teamId })).used,
    versionId,
  };
}

it('is run, compared and kept, and disturbs nothing at any step', async () => {
  const { owner } = databases;
  const { phase, evaluationId, submissionId } = await seedScored();
  const before = await readAll(phase, submissionId);
  expect(before.board).toMatchObject({ waiting: 0, entries: [{ submissionId }] });
  expect(before.quota).toEqual({ perDay: 1, total: 1, atOnce: 0 });

  const id = await insertReproduction(owner, { evaluationId, actor });
  expect(await readAll(phase, submissionId)).toEqual(before);
  // What waits is found by who looks for what is forgotten.
  expect((await listForgotten(owner, { olderThanSeconds: 0 })).evaluating).toEqual([id]);
  // Asked for again while it is under way it is the same one.
  expect(await insertReproduction(owner, { evaluationId, actor: 'another' })).toBe(id);
  await predict(id, 'again');
  expect(await readAll(phase, submissionId)).toEqual(before);
  expect((await listForgotten(owner, { olderThanSeconds: 0 })).scoring).toEqual([id]);

  const claim = await claimScoring(owner, { evaluationId: id, owner: 'scorer', leaseSeconds: 30 });
  expect(claim).toMatchObject({ comparedDigest: sha256('first'), predictionsDigest: sha256('again') });
  expect(await publishComparison(owner, { evaluationId: id, leaseToken: 1, comparison })).toBe(false);
  const held = { evaluationId: id, leaseToken: claim?.leaseToken ?? 0 };
  // A worker that would score it writes nothing.
  const wrong = { score: scoreOf(1), scorerVersion: '1', provenance: {} };
  expect(await publishScore(owner, { ...held, ...wrong })).toBe(false);
  expect(await publishComparison(owner, { ...held, comparison })).toBe(true);
  expect(await readAll(phase, submissionId)).toEqual(before);
  expect(await findReproduction(owner, id)).toMatchObject({
    submissionId,
    evaluationId,
    testSetDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    state: 'scored',
    first: { predictionsDigest: sha256('first'), run: { engine: 'onnx' } },
    again: { predictionsDigest: sha256('again'), run: { engine: 'onnx' } },
    comparison,
  });
  expect(await findReproduction(owner, evaluationId)).toBeNull();

  const { competitionId } = await owner.selectFrom('phases').select('competitionId').executeTakeFirstOrThrow();
  const acts = await listAudit(owner, { competitionId, limit: 10 });
  expect(acts.map(({ action, actor, subject, after }) => ({ action, actor, subject, after }))).toEqual([
    { action: 'evaluation.reproduced', actor, subject: submissionId, after: { reproductionId: id, ...comparison } },
    { action: 'evaluation.reproduce', actor, subject: submissionId, after: { reproductionId: id } },
  ]);
  // One that has ended is followed by another.
  expect(await insertReproduction(owner, { evaluationId, actor })).not.toBe(id);
});

it('leaves its submission scored and its team’s entry where it was when it is rejected', async () => {
  const { owner } = databases;
  const { phase, evaluationId, submissionId } = await seedScored();
  const before = await readAll(phase, submissionId);
  const id = await insertReproduction(owner, { evaluationId, actor });
  await claimEvaluation(owner, { evaluationId: id, owner: 'worker', leaseSeconds: 30 });
  await rejectEvaluation(owner, { evaluationId: id, leaseToken: 1, code: 'time_limit_exceeded' });
  expect(await findReproduction(owner, id)).toMatchObject({ state: 'rejected', comparison: null });
  expect(await readAll(phase, submissionId)).toEqual(before);
});

it('holds up no change of the test set, is not evaluated anew by one, and counts nothing when a standing changes', async () => {
  const { owner } = databases;
  const { phase, evaluationId, submissionId } = await seedScored();
  const ended = await insertReproduction(owner, { evaluationId, actor });
  await predict(ended, 'again');
  const claim = await claimScoring(owner, { evaluationId: ended, owner: 'scorer', leaseSeconds: 30 });
  await publishComparison(owner, { evaluationId: ended, leaseToken: claim?.leaseToken ?? 0, comparison });
  await insertReproduction(owner, { evaluationId, actor });
  // Last in the table, where a query that forgets reproductions would come to it last.
  await sql`UPDATE evaluations SET queued_at = queued_at + interval '1 microsecond' WHERE id = ${evaluationId}`.execute(
    owner,
  );

  const studies = [seedStudy('wrist', 1, 0), seedStudy('elbow', 2, 1)];
  const toVersionId = await insertTestSetVersion(owner, { testSet: 'next', digest: sha256('next'), studies });
  const change = { phaseId: phase.phaseId, toVersionId, actor, note: null };
  const { rescored, rerun } = await prepareTestSetChange(owner, change);
  expect([rescored.length, rerun]).toEqual([1, []]);
  await publish(rescored[0] ?? '', 0.4);
  // One of the new version is under way, and the phase switches all the same.
  const ofNext = await insertReproduction(owner, { evaluationId: rescored[0] ?? '', actor });
  expect(await switchTestSets(owner)).toEqual([phase.phaseId]);
  expect((await readLeaderboard(owner, phase.phaseId)).entries).toMatchObject([
    { evaluationId: rescored[0], submissionId },
  ]);
  expect(await findSubmission(owner, submissionId)).toMatchObject({ evaluationId: rescored[0], state: 'scored' });
  await predict(ofNext, 'again');
  expect(await findReproduction(owner, ofNext)).toMatchObject({ first: { predictionsDigest: sha256('first') } });

  await changeStanding(owner, { submissionId, standing: 'withdrawn', reason: null, actor });
  expect((await readLeaderboard(owner, phase.phaseId)).entries).toEqual([]);
  await changeStanding(owner, { submissionId, standing: 'counted', reason: null, actor });
  expect((await readLeaderboard(owner, phase.phaseId)).entries).toMatchObject([{ evaluationId: rescored[0] }]);
});

it('is of what is scored and has a bundle', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const { evaluationId } = await seedSubmission(owner, phase);
  const reproduce = (id: string) => insertReproduction(owner, { evaluationId: id, actor });
  await expect(reproduce(evaluationId)).rejects.toMatchObject({ code: 'submission_not_scored' });
  await expect(reproduce(phase.phaseId)).rejects.toMatchObject({ code: 'evaluation_not_found' });
  const { phaseId, teamId, versionId: testSetVersionId } = phase;
  const words = { name: 'imported', description: null, link: null };
  const predictionsDigest = sha256('imported');
  const imported = { phaseId, teamId, testSetVersionId, predictionsDigest, actor, ...words };
  const { evaluationId: importedId } = await insertPredictions(owner, imported);
  await publish(importedId, 0.1);
  await expect(reproduce(importedId)).rejects.toMatchObject({ code: 'submission_without_bundle' });
  await predict(evaluationId, 'first');
  await publish(evaluationId, 0.5);
  const id = await reproduce(evaluationId);
  await expect(reproduce(id)).rejects.toMatchObject({ code: 'evaluation_not_found' });
});

it('is guarded by Postgres itself, also by hand', async () => {
  const { owner, evaluator } = databases;
  const { phase, evaluationId, submissionId } = await seedScored();
  const other = await seedPhase(owner);
  const id = await insertReproduction(owner, { evaluationId, actor });
  await predict(id, 'again');
  const asOwner = (statement: string) => sql.raw(statement).execute(owner);
  const insert = (version: string, reproduces: string) =>
    `INSERT INTO evaluations (submission_id, test_set_version_id, reproduces)
     VALUES ('${submissionId}', '${version}', '${reproduces}')`;
  for (const [statement, refusal] of [
    [`INSERT INTO scores VALUES ('${id}', '{}', '1', '{}')`, 'it is compared, and has no score'],
    [`UPDATE entries SET evaluation_id = '${id}'`, 'it is compared, and has no entry'],
    [`UPDATE evaluations SET state = 'scored' WHERE id = '${id}'`, 'it was not compared'],
    [`UPDATE evaluations SET reproduces = NULL WHERE id = '${id}'`, 'what it reproduces never changes'],
    [`UPDATE evaluations SET comparison = '{}' WHERE id = '${evaluationId}'`, 'comparison_of_a_reproduction'],
    [insert(phase.versionId, evaluationId), 'reproduction_under_way'],
    [insert(phase.versionId, id), 'only a scored evaluation of a bundle is reproduced'],
    [insert(other.versionId, evaluationId), 'only a scored evaluation of a bundle is reproduced'],
    [
      `INSERT INTO evaluations (submission_id, test_set_version_id) VALUES ('${submissionId}', '${phase.versionId}')`,
      'evaluations_of_submission',
    ],
  ] as const) {
    await expect(asOwner(statement), statement).rejects.toThrow(refusal);
  }
  // The machine that runs the bundle has no say in what the comparison is.
  const asEvaluator = sql.raw(`UPDATE evaluations SET comparison = '{}' WHERE id = '${id}'`).execute(evaluator);
  await expect(asEvaluator).rejects.toThrow('permission denied');
  await expect(
    sql.raw(`UPDATE evaluations SET state = 'scored' WHERE id = '${id}'`).execute(evaluator),
  ).rejects.toThrow('it was not compared');
});
