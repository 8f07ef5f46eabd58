import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { listAudit } from '../tables/audit-log.js';
import { readLeaderboard, upsertReferenceEntry } from '../tables/entries.js';
import { readPastBoard } from '../tables/past-board.js';
import { insertTestSetVersion } from '../tables/test-set-versions.js';
import { type SeededPhase, scoreOf, seedPhase, seedStudy, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { changeStanding } from './change-standing.js';
import { claimEvaluation } from './claim-evaluation.js';
import { claimScoring } from './claim-scoring.js';
import { publishScore } from './publish-score.js';
import { finishRunning, startRunning } from './run-evaluation.js';

const databases = useDatabases();
const actor = 'organiser ada';

async function score(phase: SeededPhase, name: string, kappa: number): Promise<string> {
  const { owner } = databases;
  const { evaluationId, submissionId } = await seedSubmission(owner, phase, name);
  await claimEvaluation(owner, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  await startRunning(owner, { evaluationId, leaseToken: 1 });
  await finishRunning(owner, { evaluationId, leaseToken: 1, predictionsDigest: sha256(name), provenance: {} });
  await claimScoring(owner, { evaluationId, owner: 'scorer', leaseSeconds: 30 });
  const published = { score: scoreOf(kappa), scorerVersion: '1', provenance: {} };
  expect(await publishScore(owner, { evaluationId, leaseToken: 2, ...published })).toBe(true);
  return submissionId;
}

const names = async ({ phaseId }: SeededPhase) =>
  (await readLeaderboard(databases.owner, phaseId)).entries.map(({ name }) => name);

/** A moment that lies after all that was done, and before all that will be. */
async function now(): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`SELECT clock_timestamp() AS at FROM pg_sleep(0.01)`.execute(databases.owner);
  await sql`SELECT pg_sleep(0.01)`.execute(databases.owner);
  return rows[0]?.at ?? new Date();
}

const namesAt = async ({ phaseId }: SeededPhase, at: Date) =>
  (await readPastBoard(databases.owner, phaseId, at))?.entries.map(({ name }) => name).sort() ?? null;

it('takes a submission out and brings it back; the team’s next best takes its place', async () => {
  const phase = await seedPhase(databases.owner);
  await score(phase, 'good', 0.5);
  const best = await score(phase, 'best', 0.9);
  expect(await names(phase)).toEqual(['best']);
  const disqualify = {
    submissionId: best,
    standing: 'disqualified',
    reason: 'trained on the test set',
    actor,
  } as const;
  expect(await changeStanding(databases.owner, disqualify)).toBe(true);
  expect(await changeStanding(databases.owner, disqualify)).toBe(false);
  expect(await names(phase)).toEqual(['good']);
  // A new score of the team does not bring back what was taken out.
  await score(phase, 'weak', 0.1);
  expect(await names(phase)).toEqual(['good']);
  await changeStanding(databases.owner, { submissionId: best, standing: 'counted', reason: null, actor });
  expect(await names(phase)).toEqual(['best']);
});

it('leaves no entry where nothing counts', async () => {
  const phase = await seedPhase(databases.owner);
  const only = await score(phase, 'only', 0.5);
  await changeStanding(databases.owner, { submissionId: only, standing: 'withdrawn', reason: null, actor });
  expect(await names(phase)).toEqual([]);
});

it('demands a reason to disqualify', async () => {
  const phase = await seedPhase(databases.owner);
  const submissionId = await score(phase, 'only', 0.5);
  const without = { submissionId, standing: 'disqualified', reason: null, actor } as const;
  await expect(changeStanding(databases.owner, without)).rejects.toThrow('disqualified_for_a_reason');
  expect(await names(phase)).toEqual(['only']);
});

it('counts the last one where the phase says so, also when it is worse', async () => {
  const phase = await seedPhase(databases.owner);
  await databases.owner.updateTable('phases').set({ counted: 'last' }).where('id', '=', phase.phaseId).execute();
  await score(phase, 'first', 0.9);
  await score(phase, 'second', 0.1);
  expect(await names(phase)).toEqual(['second']);
});

it('writes every act into a log that can’t be rewritten', async () => {
  const phase = await seedPhase(databases.owner);
  const submissionId = await score(phase, 'one', 0.5);
  await changeStanding(databases.owner, { submissionId, standing: 'disqualified', reason: 'cheated', actor });
  await changeStanding(databases.owner, { submissionId, standing: 'counted', reason: null, actor });
  const { competitionId } = await databases.owner
    .selectFrom('phases')
    .select('competitionId')
    .where('id', '=', phase.phaseId)
    .executeTakeFirstOrThrow();
  const [restored, disqualified] = await listAudit(databases.owner, { competitionId, limit: 10 });
  expect(disqualified).toMatchObject({
    actor,
    action: 'submission.disqualify',
    subject: submissionId,
    before: { standing: 'counted', reason: null },
    after: { standing: 'disqualified', reason: 'cheated' },
  });
  expect(restored).toMatchObject({ action: 'submission.restore', before: { reason: 'cheated' } });
  expect(await listAudit(databases.owner, { competitionId, limit: 10, beforeId: restored?.id })).toEqual([
    disqualified,
  ]);
  for (const statement of ['UPDATE audit_log SET actor = $$x$$', 'DELETE FROM audit_log', 'TRUNCATE audit_log']) {
    await expect(sql.raw(statement).execute(databases.owner)).rejects.toThrow('only ever added to');
  }
  await expect(sql`DELETE FROM submission_standings`.execute(databases.owner)).rejects.toThrow('only ever added to');
});

it('shows the board as it stood at any moment: by standing, by score and by version of the test set', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  expect(await readPastBoard(owner, phase.phaseId, new Date(0))).toBeNull();
  const empty = await now();
  await upsertReferenceEntry(owner, { phaseId: phase.phaseId, kind: 'reader', name: 'reader', score: scoreOf(0.6) });
  await score(phase, 'good', 0.5);
  const afterGood = await now();
  const best = await score(phase, 'best', 0.9);
  const afterBest = await now();
  await changeStanding(owner, { submissionId: best, standing: 'withdrawn', reason: null, actor });
  const afterWithdrawal = await now();
  const next = await insertTestSetVersion(owner, {
    testSet: 'next',
    digest: sha256('next'),
    studies: [seedStudy('hand', 1, 0)],
  });
  await owner.updateTable('phases').set({ testSetVersionId: next }).where('id', '=', phase.phaseId).execute();
  const afterSwitch = await now();

  expect(await namesAt(phase, empty)).toEqual([]);
  expect(await namesAt(phase, afterGood)).toEqual(['good', 'reader']);
  expect(await namesAt(phase, afterBest)).toEqual(['best', 'reader']);
  expect(await namesAt(phase, afterWithdrawal)).toEqual(['good', 'reader']);
  expect(await namesAt(phase, afterSwitch)).toEqual([]);
  expect((await readPastBoard(owner, phase.phaseId, afterSwitch))?.testSetDigest).toBe(sha256('next'));
});
