import { defaultRunLimits } from '@holdout/contracts';
import { expect, it } from 'vitest';
import {
  appendLog,
  claimEvaluation,
  claimScoring,
  findSubmission,
  finishRunning,
  listEvents,
  listGoldLabels,
  listReaderLabels,
  listStudiesOfVersion,
  publishScore,
  readLeaderboard,
  recordProgress,
  renewLease,
  startRunning,
} from './index.js';
import { manifest, scoreOf, seedPhase, seedSubmission, sha256 } from './testing/seed-phase.js';
import { useDatabases } from './testing/use-databases.js';

const databases = useDatabases();

it('takes a submission from queued to the leaderboard, the evaluator with its own role', async () => {
  const { owner, evaluator } = databases;
  const phase = await seedPhase(owner);
  const { submissionId, evaluationId } = await seedSubmission(owner, phase, 'a model', { requestId: 'a request' });

  const claim = await claimEvaluation(evaluator, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  expect(claim).toEqual({
    evaluationId,
    submissionId,
    requestId: 'a request',
    phaseId: phase.phaseId,
    leaseToken: 1,
    attempts: 1,
    state: 'checking',
    hardware: 'cpu',
    bundleDigest: sha256('a model'),
    bundleSizeBytes: 2_500_000_000,
    manifest,
    limits: {
      ...defaultRunLimits,
      bundleSizeBytes: 3_000_000_000,
      timeLimitSeconds: 600,
      memoryLimitBytes: 4_000_000_000,
    },
    failures: 'kind',
    stopOnWarning: false,
    testSetVersionId: phase.versionId,
    testSetDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    sampleVersionId: phase.versionId,
  });
  const held = { evaluationId, leaseToken: 1 };
  expect(await appendLog(evaluator, { ...held, lines: ['loaded', 'NUL \u0000 in it'] })).toBe('held');
  expect(await recordProgress(evaluator, { ...held, stage: 'checking', imagesDone: 1, imagesTotal: 2 })).toBe('held');
  expect(await startRunning(evaluator, held)).toBe(true);
  expect(await renewLease(evaluator, { ...held, leaseSeconds: 30 })).toBe('held');
  const studies = await listStudiesOfVersion(evaluator, phase.versionId);
  expect(studies[1]).toEqual({
    study: 'XR_ELBOW/patient2/study1',
    studyType: 'elbow',
    images: [
      { fileName: 'image1.png', digest: sha256('2 1'), sizeBytes: 2001 },
      { fileName: 'image2.png', digest: sha256('2 2'), sizeBytes: 2002 },
    ],
  });
  const result = { predictionsDigest: sha256('predictions'), provenance: { engine: 'onnx' } };
  expect(await finishRunning(evaluator, { ...held, ...result })).toBe(true);

  const scoring = await claimScoring(owner, { evaluationId, owner: 'scorer', leaseSeconds: 30 });
  expect(scoring).toEqual({
    isRescoring: false,
    comparedDigest: null,
    bundleDigest: sha256('a model'),
    provenance: { engine: 'onnx' },
    testSetDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    evaluationId,
    submissionId,
    requestId: 'a request',
    leaseToken: 2,
    attempts: 1,
    testSetVersionId: phase.versionId,
    predictionsDigest: sha256('predictions'),
  });
  expect((await readLeaderboard(owner, phase.phaseId)).waiting).toBe(1);
  const published = {
    evaluationId,
    leaseToken: 2,
    score: scoreOf(0.7),
    scorerVersion: '1',
    provenance: { device: 'cpu' },
  };
  expect(await publishScore(owner, published)).toBe(true);

  const submission = await findSubmission(owner, submissionId);
  expect(submission).toMatchObject({
    id: submissionId,
    state: 'scored',
    score: scoreOf(0.7),
    engine: 'onnx',
    phase: 'test',
  });
  expect(submission?.progress).toEqual({ stage: 'checking', imagesDone: 1, imagesTotal: 2 });
  const { queued, checking, running, scoring: scoringAt, scored, failed } = submission?.times ?? {};
  const inOrder = [queued, checking, running, scoringAt, scored].map((time) => time?.getTime());
  expect(inOrder).toEqual([...inOrder].sort());
  expect(inOrder.every((time) => time !== undefined)).toBe(true);
  expect(failed).toBeNull();

  expect(await readLeaderboard(owner, phase.phaseId)).toEqual({
    waiting: 0,
    total: 1,
    teams: 1,
    readers: [],
    before: { ranks: 0, lastValues: null, lastSubmittedAt: null },
    entries: [
      {
        kind: 'team',
        evaluationId,
        kappaInterval: null,
        predictionsDigest: sha256('predictions'),
        team: submission?.team,
        name: 'a model',
        engine: 'onnx',
        link: null,
        submissionId,
        submittedAt: submission?.submittedAt,
        score: scoreOf(0.7),
      },
    ],
  });
  const events = await listEvents(owner, evaluationId, 0);
  expect(events.map(({ kind, data }) => (kind === 'state' ? data.state : kind))).toEqual([
    'queued',
    'checking',
    'log',
    'log',
    'progress',
    'running',
    'scoring',
    'scored',
  ]);
  expect(await listEvents(owner, evaluationId, events[5]?.id ?? 0)).toEqual(events.slice(6));
  expect((await listGoldLabels(owner, phase.versionId)).map((row) => row.label)).toEqual([0, 1, 1]);
  expect(await listReaderLabels(owner, phase.versionId)).toEqual([
    { reader: 'ada', study: 'XR_WRIST/patient1/study1', label: 1 },
  ]);
});
