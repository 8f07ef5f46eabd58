import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { readLeaderboard } from '../tables/entries.js';
import { readLadder } from '../tables/ladder.js';
import { readPastBoard } from '../tables/past-board.js';
import { findSubmission } from '../tables/submissions.js';
import { insertTestSetVersion } from '../tables/test-set-versions.js';
import { type SeededPhase, scoreOf, seedPhase, seedStudy, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { prepareTestSetChange } from './change-test-set.js';
import { chooseSubmission } from './choose-submission.js';
import { claimEvaluation } from './claim-evaluation.js';
import { claimScoring } from './claim-scoring.js';
import { LadderMoved, publishScore } from './publish-score.js';
import { recountPhase, revealFinalPhases } from './recount-phase.js';
import { finishRunning, startRunning } from './run-evaluation.js';

const databases = useDatabases();

async function toScoring(phase: SeededPhase, name: string) {
  const { owner } = databases;
  const { evaluationId, submissionId } = await seedSubmission(owner, phase, name);
  await claimEvaluation(owner, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  await startRunning(owner, { evaluationId, leaseToken: 1 });
  await finishRunning(owner, { evaluationId, leaseToken: 1, predictionsDigest: sha256(name), provenance: {} });
  await claimScoring(owner, { evaluationId, owner: 'scorer', leaseSeconds: 30 });
  return { submissionId, evaluationId, leaseToken: 2 };
}

type Release = Parameters<typeof publishScore>[1]['release'];

async function score(phase: SeededPhase, name: string, kappa: number, release?: Release, auroc = 0.5) {
  const { submissionId, ...held } = await toScoring(phase, name);
  const score = scoreOf(kappa);
  score.overall.auroc = { value: auroc };
  const publication = { ...held, score, scorerVersion: '1', provenance: {}, release };
  expect(await publishScore(databases.owner, publication)).toBe(true);
  return { submissionId, evaluationId: held.evaluationId };
}

const names = async ({ phaseId }: SeededPhase) =>
  (await readLeaderboard(databases.owner, phaseId)).entries.map(({ name }) => name);

const change = ({ phaseId }: SeededPhase, columns: string) =>
  sql`UPDATE phases SET ${sql.raw(columns)} WHERE id = ${phaseId}`.execute(databases.owner);

/** A moment that lies after all that was done, and before all that will be. */
async function now(): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`SELECT clock_timestamp() AS at FROM pg_sleep(0.01)`.execute(databases.owner);
  await sql`SELECT pg_sleep(0.01)`.execute(databases.owner);
  return rows[0]?.at ?? new Date();
}

it('counts the best of what the team chose, up to as many as it may, and the best of all while it chose none', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const best = await score(phase, 'best', 0.9);
  const weak = await score(phase, 'weak', 0.1);
  const good = await score(phase, 'good', 0.5);
  const choose = ({ submissionId }: { submissionId: string }, chosen = true) =>
    chooseSubmission(owner, { submissionId, chosen });
  await expect(choose(weak)).rejects.toMatchObject({ code: 'choice_refused' });

  await change(phase, `counted = 'chosen', chosen_at_most = 2`);
  expect(await names(phase)).toEqual(['best']);
  await choose(weak);
  expect(await names(phase)).toEqual(['weak']);
  const whenWeak = await now();
  await choose(good);
  await choose(good);
  expect(await names(phase)).toEqual(['good']);
  expect(await findSubmission(owner, good.submissionId)).toMatchObject({ chosen: true });
  await expect(choose(best)).rejects.toThrow(weak.submissionId);
  // A new score does not count before it is chosen.
  await score(phase, 'better', 0.95);
  expect(await names(phase)).toEqual(['good']);
  await choose(good, false);
  await choose(best);
  expect(await names(phase)).toEqual(['best']);

  const past = await readPastBoard(owner, phase.phaseId, whenWeak);
  expect(past?.entries.map(({ name }) => name)).toEqual(['weak']);
  await change(phase, 'final_at = now()');
  await expect(choose(weak)).rejects.toThrow('final');
});

it('never lets a team choose more than it may, also where it chooses at the same moment', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  await change(phase, `counted = 'chosen', chosen_at_most = 1`);
  const submissions = [];
  for (const name of ['a', 'b', 'c', 'd']) submissions.push(await score(phase, name, 0.5));
  const answers = await Promise.allSettled(
    submissions.map(({ submissionId }) => chooseSubmission(owner, { submissionId, chosen: true })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('ranks by the metrics of the phase, and a past board by those of then', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  await score(phase, 'kappa', 0.9, undefined, 0.1);
  await score(phase, 'auroc', 0.1, undefined, 0.9);
  await score(phase, 'both', 0.9, undefined, 0.2);
  const byKappa = await now();
  expect(await names(phase)).toEqual(['kappa']);
  await owner.transaction().execute(async (trx) => {
    await trx
      .updateTable('phases')
      .set({ rankingMetrics: ['kappa', 'auroc'] })
      .where('id', '=', phase.phaseId)
      .execute();
    await recountPhase(trx, phase.phaseId);
  });
  expect(await names(phase)).toEqual(['both']);
  await owner.transaction().execute(async (trx) => {
    await trx
      .updateTable('phases')
      .set({ rankingMetrics: ['auroc'] })
      .where('id', '=', phase.phaseId)
      .execute();
    await recountPhase(trx, phase.phaseId);
  });
  expect(await names(phase)).toEqual(['auroc']);
  const past = await readPastBoard(owner, phase.phaseId, byKappa);
  expect(past).toMatchObject({ ranking: { by: ['kappa'], ties: 'shared' }, entries: [{ name: 'kappa' }] });
});

it('keeps what the ladder withholds out of the board, on later versions too, until the phase is final', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  await change(phase, `release = 'ladder'`);
  const facts = { comparedWith: null, difference: null, standardError: null };
  const first = await score(phase, 'first', 0.5, { isReleased: true, facts });
  const place = await toScoring(phase, 'a little better');
  expect(await readLadder(owner, place.evaluationId)).toEqual({
    decided: null,
    best: { evaluationId: first.evaluationId, predictionsDigest: sha256('first') },
  });
  const { submissionId, ...held } = place;
  const publication = { ...held, score: scoreOf(0.6), scorerVersion: '1', provenance: {} };
  const step = { comparedWith: first.evaluationId, difference: 0.1, standardError: 0.2 };
  // Held against another score than the team's best: nothing is written.
  await expect(publishScore(owner, { ...publication, release: { isReleased: true, facts } })).rejects.toThrow(
    LadderMoved,
  );
  expect(await publishScore(owner, { ...publication, release: { isReleased: false, facts: step } })).toBe(true);
  expect(await names(phase)).toEqual(['first']);
  expect(await findSubmission(owner, submissionId)).toMatchObject({ state: 'scored', released: false });

  const studies = [seedStudy('wrist', 1, 0), seedStudy('elbow', 2, 1)];
  const toVersionId = await insertTestSetVersion(owner, { testSet: 'edited', digest: sha256('edited'), studies });
  const { rescored } = await prepareTestSetChange(owner, { phaseId: phase.phaseId, toVersionId, actor: 'a', note: '' });
  const decided = await Promise.all(rescored.map((id) => readLadder(owner, id)));
  expect(decided.map((each) => each.decided).sort()).toEqual([false, true]);

  const before = await now();
  await change(phase, 'final_at = now()');
  expect(await revealFinalPhases(owner)).toEqual([phase.phaseId]);
  expect(await revealFinalPhases(owner)).toEqual([]);
  expect(await names(phase)).toEqual(['a little better']);
  expect(await findSubmission(owner, submissionId)).toMatchObject({ released: true });
  const past = await readPastBoard(owner, phase.phaseId, before);
  expect(past?.entries.map(({ name }) => name)).toEqual(['first']);
});
