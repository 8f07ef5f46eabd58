import { queuePlaceSchema, submissionCurvesSchema } from '@holdout/contracts';
import { claimEvaluation, claimScoring, findSubmission, listGoldLabels, publishScore } from '@holdout/db';
import { scoreIntervals, scorePredictions, scorerVersion } from '@holdout/scoring';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

const seed = (name: string, team: 'alpha' | 'beta' = 'alpha') => seedSubmission(server, seeded[team].teamId, { name });

async function readQueue(id: string, token = seeded.alpha.token) {
  const response = await server.request(`/api/submissions/${id}/queue`, { token });
  expect(response.status).toBe(200);
  return queuePlaceSchema.strict().parse(await response.json());
}

describe('the place in the queue', () => {
  let first: string;
  let second: string;

  it('counts what waits before, of every team, and expects nothing before anything was measured', async () => {
    [first, second] = [await seed('first', 'beta'), await seed('second')];
    const nothing = { underWay: 0, untilStart: null, untilEnd: null, measured: 0 };
    // And that no worker is there.
    expect(await readQueue(second)).toEqual({ place: 2, hardware: 'cpu', workers: 0, ...nothing });
    expect((await server.request(`/api/submissions/${second}/queue`, { token: seeded.beta.token })).status).toBe(404);
  });

  it('is expected to take what the latest of its phase took', async () => {
    await walkEvaluation(server.database, first);
    await tookSeconds(first, 100);
    expect(await readQueue(second)).toMatchObject({
      place: 1,
      untilStart: { lower: 0, median: 0, upper: 0 },
      untilEnd: { lower: 100, median: 100, upper: 100 },
      measured: 1,
    });
    const third = await seed('third');
    expect(await readQueue(third)).toMatchObject({ place: 2, untilStart: { median: 100 }, untilEnd: { median: 200 } });
  });

  it('is none once a worker has it; what it has had is taken off', async () => {
    const submission = await findSubmission(server.database, second);
    const { evaluationId = '' } = submission ?? {};
    await claimEvaluation(server.database, { evaluationId, owner: 'test', leaseSeconds: 60 });
    const checkingAt = new Date(Date.now() - 40_000);
    await server.database.updateTable('evaluations').set({ checkingAt }).where('id', '=', evaluationId).execute();
    const queue = await readQueue(second);
    expect(queue).toMatchObject({ place: null, underWay: 1, untilStart: null });
    expect(queue.untilEnd?.median).toBeGreaterThan(55);
    expect(queue.untilEnd?.median).toBeLessThanOrEqual(60);
    expect(await readQueue(first, seeded.beta.token)).toMatchObject({ place: null, untilStart: null, untilEnd: null });
  });

  async function tookSeconds(id: string, seconds: number): Promise<void> {
    const scoredAt = (await findSubmission(server.database, id))?.times.scored?.getTime() ?? 0;
    const checkingAt = new Date(scoredAt - 1000 * seconds);
    await server.database.updateTable('evaluations').set({ checkingAt }).where('submissionId', '=', id).execute();
  }
});

describe('the curves', () => {
  const toPractice = '/api/competitions/mura/phases/practice/predictions';
  const probabilities = { 'XR_HAND/patient10000/study1': 0.2, 'XR_HAND/patient10001/study1': 0.7 };
  let practised: string;

  async function readCurves(id: string, token = seeded.alpha.token) {
    const response = await server.request(`/api/submissions/${id}/curves`, { token });
    expect(response.status).toBe(200);
    return submissionCurvesSchema.strict().parse(await response.json());
  }

  it('are none before a score', async () => {
    practised = await importPredictions('with probabilities', probabilities);
    expect(await readCurves(practised)).toMatchObject({ curves: null, absent: 'not_scored' });
  });

  it('of a public phase are those of the stored predictions', async () => {
    await score(practised, probabilities);
    const { curves, absent } = await readCurves(practised);
    expect(absent).toBeNull();
    expect(curves).toMatchObject({
      studies: 2,
      abnormal: 1,
      roc: [
        { threshold: null, sensitivity: 0, falsePositiveRate: 0 },
        { threshold: 0.7, sensitivity: 1, falsePositiveRate: 0 },
        { threshold: 0.2, sensitivity: 1, falsePositiveRate: 1 },
      ],
      averagePrecision: 1,
    });
    expect(curves?.calibration.map(({ from, studies }) => [from, studies])).toEqual([
      [0.2, 1],
      [0.7, 1],
    ]);
  });

  it('are said to be undefined without probabilities', async () => {
    const id = await importPredictions('without', {});
    await score(id, {});
    expect(await readCurves(id)).toEqual({
      curves: null,
      absent: 'undefined',
      message: '2 of 2 studies were given a label without a probability.',
    });
  });

  it('are hidden with the exact counts, from organisers as well', async () => {
    const hidden = await seed('hidden');
    await walkEvaluation(server.database, hidden);
    for (const token of [seeded.alpha.token, seeded.organiser.token]) {
      expect(await readCurves(hidden, token)).toMatchObject({ curves: null, absent: 'hidden' });
    }
    await server.database.updateTable('phases').set({ decimals: 3 }).where('slug', '=', 'practice').execute();
    expect(await readCurves(practised)).toMatchObject({ curves: null, absent: 'hidden' });
  });

  /** As an organiser enters them for the team; what has no probability has only a label. */
  async function importPredictions(name: string, of: Readonly<Record<string, number>>): Promise<string> {
    const predictions = Object.keys(probabilities).map((study) => {
      const probability = of[study] ?? null;
      return { study, label: probability !== null && probability > 0.5 ? 1 : 0, probability };
    });
    const response = await server.request(toPractice, {
      method: 'POST',
      token: seeded.organiser.token,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ team: 'Team <Alpha>', name, predictions }),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { id: string }).id;
  }

  async function score(id: string, of: Readonly<Record<string, number>>): Promise<void> {
    const { evaluationId = '' } = (await findSubmission(server.database, id)) ?? {};
    const claim = await claimScoring(server.database, { evaluationId, owner: 'test', leaseSeconds: 60 });
    if (!claim) throw new Error('not claimed');
    const gold = await listGoldLabels(server.database, claim.testSetVersionId);
    const studies = gold.map(({ study }) => {
      const probability = of[study] ?? null;
      return { study, label: (probability !== null && probability > 0.5 ? 1 : 0) as 0 | 1, probability };
    });
    const intervals = scoreIntervals(gold, studies, { resamples: 100 });
    const published = { ...claim, score: scorePredictions(gold, studies), intervals, scorerVersion, provenance: {} };
    await publishScore(server.database, published);
  }
});
