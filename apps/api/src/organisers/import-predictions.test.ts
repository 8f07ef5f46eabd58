import { leaderboardSchema, problemSchema, quotaUseSchema, submissionSchema } from '@holdout/contracts';
import { claimScoring, listGoldLabels, publishScore } from '@holdout/db';
import { scorePredictions, scorerVersion } from '@holdout/scoring';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const phase = '/api/competitions/mura/phases/test';
const study = (place: number) => `XR_${place % 2 === 0 ? 'WRIST' : 'ELBOW'}/patient0000${place}/study1`;
let server: TestServer;
let seeded: SeededCompetition;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

function predict(labels: readonly (0 | 1)[]) {
  return labels.map((label, place) => ({ study: study(place), label, probability: null }));
}

function send(changes: object = {}, token = seeded.organiser.token) {
  const imported = { team: 'Elsewhere', name: 'their model', predictions: predict([0, 1, 1, 0]), ...changes };
  const headers = { 'content-type': 'application/json' };
  return server.request(`${phase}/predictions`, { method: 'POST', body: JSON.stringify(imported), headers, token });
}

it('makes a submission without a bundle that is scored as any other', async () => {
  const response = await send({ submittedAt: '2018-05-23T00:00:00Z', link: 'https://example.org/paper' });
  expect(response.status).toBe(201);
  const submission = submissionSchema.strict().parse(await response.json());
  expect(submission).toMatchObject({
    team: 'Elsewhere',
    state: 'scoring',
    engine: null,
    bundleDigest: null,
    submittedAt: '2018-05-23T00:00:00.000Z',
  });
  const { evaluationId } = await server.database
    .selectFrom('evaluations')
    .select('id as evaluationId')
    .where('submissionId', '=', submission.id)
    .executeTakeFirstOrThrow();
  const claim = await claimScoring(server.database, { evaluationId, owner: 'test', leaseSeconds: 60 });
  expect(claim).toMatchObject({ isRescoring: false, testSetVersionId: seeded.hiddenVersion.versionId });
  const stored = await server.storage.path?.(claim?.predictionsDigest ?? '');
  expect(stored).toBeDefined();
  const gold = await listGoldLabels(server.database, seeded.hiddenVersion.versionId);
  const score = scorePredictions(gold, predict([0, 1, 1, 0]));
  await publishScore(server.database, {
    evaluationId,
    leaseToken: claim?.leaseToken ?? 0,
    score,
    scorerVersion,
    provenance: {},
  });
  const { entries } = leaderboardSchema.parse(await (await server.request(`${phase}/leaderboard`)).json());
  const teams = entries.filter(({ kind }) => kind === 'team');
  expect(teams).toMatchObject([{ rank: 1, team: 'Elsewhere', name: 'their model', engine: null }]);
});

it('refuses what does not cover the test set exactly, with every study', async () => {
  const cases = [
    [predict([0, 1, 1]), 'predictions_missing'],
    [[...predict([0, 1, 1, 0]), ...predict([0])], 'predictions_duplicate'],
    [[...predict([0, 1, 1, 0]), { study: 'XR_HAND/x/study1', label: 0, probability: null }], 'predictions_unknown'],
  ] as const;
  for (const [predictions, code] of cases) {
    const refused = await send({ predictions });
    expect(refused.status).toBe(422);
    expect(problemSchema.parse(await refused.json()).code).toBe(code);
  }
  for (const wrong of [{ team: '' }, { name: 'a\u001bb' }, { submittedAt: '2999-01-01T00:00:00Z' }, { more: 1 }]) {
    expect((await send(wrong)).status).toBe(400);
  }
});

it('is for organisers only, and costs the team no quota', async () => {
  expect((await send({}, seeded.alpha.token)).status).toBe(403);
  expect((await send({ team: 'Team Beta' })).status).toBe(201);
  const quota = await server.request(`${phase}/quota`, { token: seeded.beta.token });
  expect(quotaUseSchema.parse(await quota.json()).used).toEqual({ perDay: 0, total: 0, atOnce: 0 });
});
