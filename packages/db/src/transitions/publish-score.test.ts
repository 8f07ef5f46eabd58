import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { readLeaderboard, upsertReferenceEntry } from '../tables/entries.js';
import { findSubmission } from '../tables/submissions.js';
import { insertTeam } from '../tables/teams.js';
import { type SeededPhase, scoreOf, seedPhase, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { countRows, expireLease, useDatabases } from '../testing/use-databases.js';
import { claimEvaluation } from './claim-evaluation.js';
import { claimScoring } from './claim-scoring.js';
import { cancelEvaluation } from './end-evaluation.js';
import { publishScore } from './publish-score.js';
import { finishRunning, startRunning } from './run-evaluation.js';

const databases = useDatabases();

const scorer = { owner: 'scorer', leaseSeconds: 30 };
const published = { scorerVersion: '1', provenance: {} };

/** A submission that waits for its score, with the scoring lease. */
async function toScoring(phase: SeededPhase, name: string) {
  const { evaluationId, submissionId } = await seedSubmission(databases.owner, phase, name);
  const { evaluator, owner } = databases;
  const held = { evaluationId, leaseToken: 1 };
  await claimEvaluation(evaluator, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  await startRunning(evaluator, held);
  await finishRunning(evaluator, { ...held, predictionsDigest: sha256(name), provenance: {} });
  const claim = await claimScoring(owner, { evaluationId, ...scorer });
  return { evaluationId, submissionId, leaseToken: claim?.leaseToken ?? 0 };
}

async function score(phase: SeededPhase, name: string, kappa: number | null) {
  const { submissionId, ...held } = await toScoring(phase, name);
  expect(await publishScore(databases.owner, { ...held, score: scoreOf(kappa), ...published })).toBe(true);
  return submissionId;
}

const names = async (phase: SeededPhase) =>
  (await readLeaderboard(databases.owner, phase.phaseId)).entries.map((entry) => entry.name);

it('publishes one score where several are sent at once', async () => {
  const phase = await seedPhase(databases.owner);
  const { submissionId, ...held } = await toScoring(phase, 'a model');
  // Connections that are open already: otherwise the first publication is over before the last begins.
  await Promise.all([1, 2, 3, 4].map(() => sql`SELECT pg_sleep(0.1)`.execute(databases.owner)));
  const sent = [0.1, 0.2, 0.3, 0.4].map((kappa) => ({ ...held, score: scoreOf(kappa), ...published }));
  const answers = await Promise.all(sent.map((each) => publishScore(databases.owner, each)));
  expect(answers.filter(Boolean)).toHaveLength(1);
  const winner = sent[answers.indexOf(true)]?.score;
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ state: 'scored', score: winner });
  expect(await countRows(databases.owner, 'scores')).toBe(1);
  expect((await readLeaderboard(databases.owner, phase.phaseId)).entries).toMatchObject([{ score: winner }]);
});

it('publishes nothing for a worker that lost its lease, or whose evaluation was cancelled', async () => {
  const phase = await seedPhase(databases.owner);
  const { submissionId, ...lost } = await toScoring(phase, 'a model');
  await expireLease(databases.owner, lost.evaluationId);
  const next = await claimScoring(databases.owner, { evaluationId: lost.evaluationId, ...scorer });
  expect(await publishScore(databases.owner, { ...lost, score: scoreOf(0.9), ...published })).toBe(false);
  expect(await countRows(databases.owner, 'scores')).toBe(0);

  await cancelEvaluation(databases.owner, { evaluationId: lost.evaluationId, by: 'team' });
  const held = { evaluationId: lost.evaluationId, leaseToken: next?.leaseToken ?? 0 };
  expect(await publishScore(databases.owner, { ...held, score: scoreOf(0.9), ...published })).toBe(false);
  expect(await countRows(databases.owner, 'scores')).toBe(0);
  expect(await countRows(databases.owner, 'entries')).toBe(0);
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ state: 'cancelled', score: null });
});

it('leaves nothing behind where the transaction fails', async () => {
  const phase = await seedPhase(databases.owner);
  const { submissionId, ...held } = await toScoring(phase, 'a model');
  const publication = { ...held, score: scoreOf(0.5), ...published };
  await sql`ALTER TABLE entries RENAME TO elsewhere`.execute(databases.owner);
  await expect(publishScore(databases.owner, publication)).rejects.toThrow('"entries" does not exist');
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ state: 'scoring', score: null });
  await sql`ALTER TABLE elsewhere RENAME TO entries`.execute(databases.owner);
  expect(await publishScore(databases.owner, publication)).toBe(true);
});

it('counts a team’s best submission, the earlier of equals', async () => {
  const phase = await seedPhase(databases.owner);
  const undefinedFirst = await score(phase, 'undefined', null);
  expect(await names(phase)).toEqual(['undefined']);
  await score(phase, 'negative', -0.1);
  expect(await names(phase)).toEqual(['negative']);
  await score(phase, 'good', 0.6);
  expect(await names(phase)).toEqual(['good']);
  await score(phase, 'as good, later', 0.6);
  await score(phase, 'worse', 0.5);
  await score(phase, 'undefined again', null);
  expect(await names(phase)).toEqual(['good']);
  await score(phase, 'better', 0.7);
  expect(await names(phase)).toEqual(['better']);
  expect(await findSubmission(databases.owner, undefinedFirst)).toMatchObject({ state: 'scored' });
});

it('counts the earlier of two equal submissions also where it is scored later', async () => {
  const phase = await seedPhase(databases.owner);
  const earlier = await toScoring(phase, 'earlier');
  await score(phase, 'later', 0.6);
  const { submissionId: _, ...held } = earlier;
  await publishScore(databases.owner, { ...held, score: scoreOf(0.6), ...published });
  expect(await names(phase)).toEqual(['earlier']);
});

it('orders teams and reference entries by the ranking metric, undefined last', async () => {
  const phase = await seedPhase(databases.owner);
  const { owner } = databases;
  const { phaseId } = phase;
  await score(phase, 'first team', 0.6);
  const second = { ...phase, teamId: await insertTeam(owner, 'second team') };
  await score(second, 'second team', 0.6);
  const third = { ...phase, teamId: await insertTeam(owner, 'third team') };
  await score(third, 'third team', null);
  await upsertReferenceEntry(owner, { phaseId, kind: 'reader', name: 'ada', score: scoreOf(0.1) });
  await upsertReferenceEntry(owner, { phaseId, kind: 'reader', name: 'ada', score: scoreOf(0.8) });
  await upsertReferenceEntry(owner, { phaseId, kind: 'baseline', name: 'ada', score: scoreOf(0.3) });
  const board = await readLeaderboard(owner, phaseId);
  expect(board.entries.map((entry) => [entry.kind, entry.name, entry.score.overall.kappa.value])).toEqual([
    ['reader', 'ada', 0.8],
    ['team', 'first team', 0.6],
    ['team', 'second team', 0.6],
    ['baseline', 'ada', 0.3],
    ['team', 'third team', null],
  ]);
  expect(board.entries[0]).toEqual({
    kind: 'reader',
    kappaInterval: null,
    predictionsDigest: null,
    evaluationId: null,
    team: null,
    name: 'ada',
    engine: null,
    link: null,
    submissionId: null,
    submittedAt: null,
    score: scoreOf(0.8),
  });
  const other = await seedPhase(owner);
  expect(await readLeaderboard(owner, other.phaseId)).toMatchObject({ entries: [], waiting: 0, total: 0, teams: 0 });
});

it('shows the entries of the phase’s current test-set version, and keeps the others', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const other = await seedPhase(owner);
  await score(phase, 'on the first version', 0.6);
  await upsertReferenceEntry(owner, { phaseId: phase.phaseId, kind: 'reader', name: 'ada', score: scoreOf(0.1) });
  const use = (versionId: string) =>
    owner.updateTable('phases').set({ testSetVersionId: versionId }).where('id', '=', phase.phaseId).execute();
  await use(other.versionId);
  expect(await names(phase)).toEqual([]);
  await score(phase, 'on the second version', 0.4);
  expect(await names(phase)).toEqual(['on the second version']);
  await use(phase.versionId);
  expect(await names(phase)).toEqual(['on the first version', 'ada']);
});
