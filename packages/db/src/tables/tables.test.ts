import { defaultFurtherLimits, defaultRunLimits } from '@holdout/contracts';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { seedPhase, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { expireLease, useDatabases } from '../testing/use-databases.js';
import { claimEvaluation } from '../transitions/claim-evaluation.js';
import { claimScoring } from '../transitions/claim-scoring.js';
import { releaseLease } from '../transitions/hold-lease.js';
import { finishRunning, startRunning } from '../transitions/run-evaluation.js';
import { insertToken, useTokenByHash } from './api-tokens.js';
import { findCompetition, insertCompetition, listCompetitions } from './competitions.js';
import { listForgotten } from './evaluations.js';
import { findPhase, insertPhase } from './phases.js';
import { findSubmission, listSubmissions } from './submissions.js';
import { findTeam, insertTeam } from './teams.js';

const databases = useDatabases();

it('finds competitions with their phases in order', async () => {
  const { owner } = databases;
  const { versionId } = await seedPhase(owner);
  const competitionId = await insertCompetition(owner, { slug: 'mura', title: 'MURA', description: 'About it.' });
  const common = {
    competitionId,
    description: '',
    visibility: 'hidden' as const,
    testSetVersionId: versionId,
    sampleVersionId: versionId,
    bundleSizeBytes: 5_000_000_000,
    timeLimitSeconds: 60,
    memoryLimitBytes: 8_000_000_000,
    furtherLimits: { ...defaultFurtherLimits, processLimit: 7 },
  };
  await insertPhase(owner, { ...common, slug: 'test', title: 'Test', position: 2 });
  const practiceId = await insertPhase(owner, { ...common, slug: 'practice', title: 'Practice', position: 1 });
  const mura = await findCompetition(owner, 'mura');
  expect(mura?.phases.map((phase) => phase.slug)).toEqual(['practice', 'test']);
  expect(await findPhase(owner, 'mura', 'practice')).toEqual({
    id: practiceId,
    competitionId,
    competition: 'mura',
    slug: 'practice',
    title: 'Practice',
    description: '',
    visibility: 'hidden',
    testSetVersionId: versionId,
    testSetDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    sampleVersionId: versionId,
    quotas: { perDay: null, total: null, atOnce: null },
    priority: 0,
    hardware: 'cpu',
    testSet: expect.stringMatching(/^c-/),
    sample: expect.stringMatching(/^c-/),
    sampleInKit: true,
    goldReaders: ['ada'],
    opensAt: null,
    closesAt: null,
    window: 'open',
    counted: 'best',
    ranking: { by: ['kappa'], ties: 'shared' },
    release: {
      scores: 'exact',
      decimals: 3,
      studyTypes: true,
      intervals: true,
      failures: 'kind',
      board: 'live',
      from: null,
      final: null,
      state: 'live',
    },
    studies: 3,
    images: 6,
    studyTypes: ['wrist', 'elbow'],
    limits: {
      ...defaultRunLimits,
      processLimit: 7,
      bundleSizeBytes: 5_000_000_000,
      timeLimitSeconds: 60,
      memoryLimitBytes: 8_000_000_000,
    },
  });
  expect((await listCompetitions(owner))[1]).toEqual(mura);
  expect(await findCompetition(owner, 'none')).toBeNull();
  expect(await findPhase(owner, 'mura', 'none')).toBeNull();
});

it('knows who a token stands for', async () => {
  const { owner } = databases;
  const teamId = await insertTeam(owner, 'Ours');
  expect(await findTeam(owner, 'Ours')).toEqual({ id: teamId, name: 'Ours' });
  expect(await findTeam(owner, 'Theirs')).toBeNull();
  await insertToken(owner, { tokenSha256: sha256('team'), teamId });
  await insertToken(owner, { tokenSha256: sha256('organiser'), teamId: null });
  await insertToken(owner, { tokenSha256: sha256('team'), teamId: null });
  const team = { id: teamId, name: 'Ours' };
  expect(await useTokenByHash(owner, sha256('team'))).toMatchObject({ userId: null, team });
  expect(await useTokenByHash(owner, sha256('organiser'))).toMatchObject({ userId: null, team: null });
  expect(await useTokenByHash(owner, sha256('unknown'))).toBeNull();
});

it('lists a team’s submissions, or everybody’s, the latest first', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const other = { ...phase, teamId: await insertTeam(owner, 'Other') };
  for (const name of ['first', 'second', 'third']) await seedSubmission(owner, phase, name);
  const { submissionId } = await seedSubmission(owner, other, 'fourth');
  const names = async (teamId: string | null, limit: number) =>
    (await listSubmissions(owner, { whose: whoseOf(teamId), limit })).map((submission) => submission.name);
  expect(await names(phase.teamId, 10)).toEqual(['third', 'second', 'first']);
  expect(await names(null, 2)).toEqual(['fourth', 'third']);
  expect(await listSubmissions(owner, { whose: whoseOf(other.teamId), limit: 10 })).toEqual([
    await findSubmission(owner, submissionId),
  ]);
});

it('finds no submission where there is none', async () => {
  expect(await findSubmission(databases.owner, '00000000-0000-4000-8000-000000000000')).toBeNull();
});

it('lists what waits without a worker, and nothing that is worked on', async () => {
  const { owner, evaluator } = databases;
  const phase = await seedPhase(owner);
  const { evaluationId } = await seedSubmission(owner, phase);
  const held = { evaluationId, leaseToken: 1 };
  const lease = { evaluationId, owner: 'worker', leaseSeconds: 30 };
  const forgotten = (olderThanSeconds = 0) => listForgotten(evaluator, { olderThanSeconds });
  const none = { evaluating: [], scoring: [] };
  const evaluating = { evaluating: [evaluationId], scoring: [] };
  const scoring = { evaluating: [], scoring: [evaluationId] };

  expect(await forgotten()).toEqual(evaluating);
  expect(await forgotten(60)).toEqual(none);
  await sql`UPDATE evaluations SET queued_at = now() - interval '2 minutes'`.execute(owner);
  expect(await forgotten(60)).toEqual(evaluating);
  await claimEvaluation(evaluator, lease);
  expect(await forgotten()).toEqual(none);
  await startRunning(evaluator, held);
  expect(await forgotten()).toEqual(none);
  await expireLease(owner, evaluationId);
  expect(await forgotten(60)).toEqual(evaluating);
  await finishRunning(evaluator, { ...held, predictionsDigest: sha256('predictions'), provenance: {} });
  expect(await forgotten()).toEqual(scoring);
  expect(await forgotten(60)).toEqual(none);
  const claim = await claimScoring(owner, lease);
  expect(await forgotten()).toEqual(none);
  await expireLease(owner, evaluationId);
  expect(await forgotten(60)).toEqual(scoring);
  await releaseLease(owner, { evaluationId, leaseToken: claim?.leaseToken ?? 0, costsAttempt: false });
  expect(await forgotten()).toEqual(scoring);
  await sql`UPDATE evaluations SET state = 'cancelled'`.execute(owner);
  expect(await forgotten()).toEqual(none);
});

it('looks for the forgotten without reading what has ended', async () => {
  const { rows } = await databases.owner.connection().execute(async (connection) => {
    await sql`SET enable_seqscan = off`.execute(connection);
    return sql<Record<string, string>>`
      EXPLAIN SELECT id, state FROM evaluations WHERE state IN ('queued', 'checking', 'running', 'scoring')`.execute(
      connection,
    );
  });
  expect(JSON.stringify(rows)).toContain('evaluations_unfinished');
});

/** Of one team, or of everybody. */
function whoseOf(teamId: string | null) {
  return {
    everybody: teamId === null,
    teamIds: [teamId ?? ''].filter(Boolean),
    organisedIds: [],
    onlyCompetitionId: null,
  };
}
