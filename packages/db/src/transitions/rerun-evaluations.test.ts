import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { readLeaderboard } from '../tables/entries.js';
import { readPastBoard } from '../tables/past-board.js';
import { findSubmission } from '../tables/submissions.js';
import { type SeededPhase, scoreOf, seedPhase, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { claimEvaluation } from './claim-evaluation.js';
import { claimScoring } from './claim-scoring.js';
import { failEvaluation } from './end-evaluation.js';
import { publishScore } from './publish-score.js';
import { rerunEvaluations } from './rerun-evaluations.js';
import { finishRunning, startRunning } from './run-evaluation.js';

const databases = useDatabases();

async function run(evaluationId: string, kappa: number): Promise<void> {
  const { owner } = databases;
  await claimEvaluation(owner, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  await startRunning(owner, { evaluationId, leaseToken: 1 });
  await finishRunning(owner, { evaluationId, leaseToken: 1, predictionsDigest: sha256('x'), provenance: {} });
  await claimScoring(owner, { evaluationId, owner: 'scorer', leaseSeconds: 30 });
  const published = { score: scoreOf(kappa), scorerVersion: '1', provenance: {} };
  expect(await publishScore(owner, { evaluationId, leaseToken: 2, ...published })).toBe(true);
}

async function fail(evaluationId: string): Promise<void> {
  const { owner } = databases;
  await claimEvaluation(owner, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  await failEvaluation(owner, { evaluationId, leaseToken: 1, code: 'internal' });
}

const board = async ({ phaseId }: SeededPhase) =>
  (await readLeaderboard(databases.owner, phaseId)).entries.map(({ score }) => score.overall.kappa.value);

const rerun = ({ phaseId }: SeededPhase, which: Parameters<typeof rerunEvaluations>[1]['which']) =>
  rerunEvaluations(databases.owner, { phaseId, which, actor: 'ada' });

it('runs a submission anew; what it has stays on the board until the new score is there', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const { submissionId, evaluationId } = await seedSubmission(owner, phase);
  expect(await rerun(phase, { submissionId })).toEqual([]);
  await run(evaluationId, 0.9);
  const [again = ''] = await rerun(phase, { submissionId });
  expect(await rerun(phase, 'all')).toEqual([]);
  expect(await board(phase)).toEqual([0.9]);
  expect(await findSubmission(owner, submissionId)).toMatchObject({ state: 'scored', evaluationId });
  const { rows } = await sql<{ at: Date }>`SELECT clock_timestamp() AS at`.execute(owner);

  // Also where it is worse: it stands in the other's place.
  await run(again, 0.2);
  expect(await board(phase)).toEqual([0.2]);
  expect(await findSubmission(owner, submissionId)).toMatchObject({ evaluationId: again });
  const past = await readPastBoard(owner, phase.phaseId, rows[0]?.at ?? new Date());
  expect(past?.entries.map(({ score }) => score.overall.kappa.value)).toEqual([0.9]);

  const [third = ''] = await rerun(phase, { submissionId });
  await fail(third);
  expect(await board(phase)).toEqual([0.2]);
  expect(await findSubmission(owner, submissionId)).toMatchObject({ state: 'scored', evaluationId: again });
});

it('replaces at once what failed, and begins once where it is asked for at the same moment', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const { submissionId, evaluationId } = await seedSubmission(owner, phase, 'failed');
  const other = await seedSubmission(owner, phase, 'other');
  await fail(evaluationId);
  await run(other.evaluationId, 0.5);
  const begun = (await Promise.all([1, 2, 3].map(() => rerun(phase, 'failed')))).flat();
  expect(begun).toHaveLength(1);
  expect(await findSubmission(owner, submissionId)).toMatchObject({ state: 'queued', evaluationId: begun[0] });
  await run(begun[0] ?? '', 0.7);
  expect(await board(phase)).toEqual([0.7]);
  expect(await rerun(phase, 'entries')).toHaveLength(1);
  expect(await rerun(phase, 'all')).toHaveLength(1);
});
