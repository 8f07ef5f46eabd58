import { expect, it } from 'vitest';
import { readLeaderboard } from '../tables/entries.js';
import { findSubmission } from '../tables/submissions.js';
import { insertTestSetVersion, listVersionsOfPhase } from '../tables/test-set-versions.js';
import { type SeededPhase, scoreOf, seedPhase, seedStudy, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { prepareTestSetChange, switchTestSets } from './change-test-set.js';
import { claimEvaluation } from './claim-evaluation.js';
import { claimScoring } from './claim-scoring.js';
import { cancelEvaluation, rejectEvaluation } from './end-evaluation.js';
import { publishScore } from './publish-score.js';
import { finishRunning, startRunning } from './run-evaluation.js';

const databases = useDatabases();
const original = [seedStudy('wrist', 1, 0), seedStudy('elbow', 2, 1), seedStudy('wrist', 3, 1)];

async function insertVersion(name: string, studies: ReturnType<typeof seedStudy>[]): Promise<string> {
  return await insertTestSetVersion(databases.owner, { testSet: 'edited', digest: sha256(name), studies });
}

async function run(phase: SeededPhase, name: string) {
  const { owner } = databases;
  const { evaluationId, submissionId } = await seedSubmission(owner, phase, name);
  await claimEvaluation(owner, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  await startRunning(owner, { evaluationId, leaseToken: 1 });
  await finishRunning(owner, { evaluationId, leaseToken: 1, predictionsDigest: sha256(name), provenance: {} });
  return { evaluationId, submissionId };
}

async function score(evaluationId: string, kappa: number): Promise<void> {
  const claim = await claimScoring(databases.owner, { evaluationId, owner: 'scorer', leaseSeconds: 30 });
  const published = { score: scoreOf(kappa), scorerVersion: '1', provenance: {} };
  expect(await publishScore(databases.owner, { evaluationId, leaseToken: claim?.leaseToken ?? 0, ...published })).toBe(
    true,
  );
}

const change = (phase: SeededPhase, toVersionId: string) =>
  prepareTestSetChange(databases.owner, { phaseId: phase.phaseId, toVersionId, actor: 'ada', note: null });

const board = async ({ phaseId }: SeededPhase) =>
  (await readLeaderboard(databases.owner, phaseId)).entries.map(({ name, score: { overall } }) => [
    name,
    overall.kappa.value,
  ]);

it('scores all that is scored anew where no image changed, also what is not its team’s entry', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const [good, weak] = [await run(phase, 'good'), await run(phase, 'weak')];
  await score(good.evaluationId, 0.9);
  await score(weak.evaluationId, 0.2);
  const next = await insertVersion('relabelled', original.slice(0, 2));
  const { rescored, rerun } = await change(phase, next);
  expect(rerun).toEqual([]);
  expect(rescored).toHaveLength(2);
  expect(await change(phase, next)).toEqual({ rescored: [], rerun: [] });

  const claimed = await claimScoring(owner, { evaluationId: rescored[0] ?? '', owner: 'scorer', leaseSeconds: 30 });
  expect(claimed).toMatchObject({ isRescoring: true, predictionsDigest: expect.any(String), testSetVersionId: next });
  const published = { score: scoreOf(0.1), scorerVersion: '1', provenance: {} };
  await publishScore(owner, { evaluationId: rescored[0] ?? '', leaseToken: claimed?.leaseToken ?? 0, ...published });
  expect(await switchTestSets(owner)).toEqual([]);
  expect(await board(phase)).toEqual([['good', 0.9]]);
  // A submission is what the board says of it, until the board changes.
  expect((await findSubmission(owner, good.submissionId))?.score).toEqual(scoreOf(0.9));

  await score(rescored[1] ?? '', 0.5);
  expect(await switchTestSets(owner)).toEqual([phase.phaseId]);
  expect((await board(phase)).map(([, kappa]) => kappa)).toEqual([0.5]);
  const scores = await Promise.all([good, weak].map(({ submissionId }) => findSubmission(owner, submissionId)));
  expect(scores.map((submission) => submission?.score?.overall.kappa.value).sort()).toEqual([0.1, 0.5]);
  expect((await readLeaderboard(owner, phase.phaseId, phase.versionId)).entries).toHaveLength(1);
  expect((await listVersionsOfPhase(owner, phase.phaseId)).map(({ id }) => id)).toEqual([next, phase.versionId]);
});

it('runs the entries anew, and only them, where an image changed', async () => {
  const phase = await seedPhase(databases.owner);
  const [good, weak] = [await run(phase, 'good'), await run(phase, 'weak')];
  await score(good.evaluationId, 0.9);
  await score(weak.evaluationId, 0.2);
  const other = { ...seedStudy('wrist', 1, 0), images: seedStudy('wrist', 9, 0).images };
  const { rescored, rerun } = await change(phase, await insertVersion('new picture', [other, ...original.slice(1)]));
  expect(rescored).toEqual([]);
  expect(rerun).toHaveLength(1);
  const claim = await claimEvaluation(databases.owner, { evaluationId: rerun[0] ?? '', owner: 'w', leaseSeconds: 30 });
  expect(claim).toMatchObject({ submissionId: good.submissionId, state: 'checking' });
  // One that fails on the new images holds nobody up.
  await rejectEvaluation(databases.owner, { evaluationId: rerun[0] ?? '', leaseToken: 1, code: 'output_shape' });
  expect(await switchTestSets(databases.owner)).toEqual([phase.phaseId]);
  expect(await board(phase)).toEqual([]);
});

it('lets what is scored during or after the change follow', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const [during, after] = [await run(phase, 'during'), await run(phase, 'after')];
  const next = await insertVersion('relabelled', original.slice(0, 2));
  expect(await change(phase, next)).toEqual({ rescored: [], rerun: [] });
  await score(during.evaluationId, 0.4);
  expect(await switchTestSets(owner)).toEqual([]);
  const follow = async (submissionId: string) => {
    const { id } = await owner
      .selectFrom('evaluations')
      .select('id')
      .where('submissionId', '=', submissionId)
      .where('testSetVersionId', '=', next)
      .executeTakeFirstOrThrow();
    return id;
  };
  await score(await follow(during.submissionId), 0.6);
  expect(await switchTestSets(owner)).toEqual([phase.phaseId]);
  expect(await board(phase)).toEqual([['during', 0.6]]);

  await score(after.evaluationId, 0.8);
  // It is scored, on the version that it was made for, and stays so until it is on the new one.
  expect(await findSubmission(owner, after.submissionId)).toMatchObject({ state: 'scored', score: scoreOf(0.8) });
  await score(await follow(after.submissionId), 0.7);
  expect(await board(phase)).toEqual([['after', 0.7]]);
  expect((await findSubmission(owner, after.submissionId))?.score).toEqual(scoreOf(0.7));
});

it('refuses a second change while one is under way, and is free again when what it waited for was cancelled', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const { evaluationId } = await run(phase, 'one');
  await score(evaluationId, 0.9);
  const { rescored } = await change(phase, await insertVersion('first', original.slice(0, 2)));
  const second = await insertVersion('second', original.slice(0, 1));
  await expect(change(phase, second)).rejects.toMatchObject({ code: 'test_set_invalid' });
  await cancelEvaluation(owner, { evaluationId: rescored[0] ?? '', by: 'team' });
  expect(await switchTestSets(owner)).toEqual([phase.phaseId]);
  await change(phase, second);
});
