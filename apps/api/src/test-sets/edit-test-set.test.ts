import {
  leaderboardSchema,
  problemSchema,
  testSetChangeSchema,
  testSetContentsSchema,
  testSetDiffSchema,
  testSetVersionsSchema,
} from '@holdout/contracts';
import { claimScoring, listForgotten, listGoldLabels, publishScore, switchTestSets } from '@holdout/db';
import { scorePredictions, scorerVersion } from '@holdout/scoring';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addReferenceEntries } from '../provision/add-reference-entries.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

const phase = '/api/competitions/mura/phases/test';
const study = (place: number) => `XR_${place % 2 === 0 ? 'WRIST' : 'ELBOW'}/patient0000${place}/study1`;
let server: TestServer;
let seeded: SeededCompetition;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  await addReferenceEntries(server, { competition: 'mura', phase: 'test' });
  await walkEvaluation(server.database, await seedSubmission(server, seeded.alpha.teamId, { name: 'alpha' }));
});
afterAll(() => server.close());

function edit(edits: object[], { token = seeded.organiser.token, note = 'a second look' } = {}) {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ edits, note });
  return server.request(`${phase}/test-set/edits`, { method: 'POST', body, headers, token });
}

async function readBoard(query = '') {
  const response = await server.request(`${phase}/leaderboard${query}`);
  expect(response.status).toBe(200);
  const { testSetVersion, entries } = leaderboardSchema.strict().parse(await response.json());
  return { testSetVersion, kappas: entries.map(({ name, score }) => [name, score.overall.kappa.value]) };
}

async function readVersions() {
  return testSetVersionsSchema.strict().parse(await (await server.request(`${phase}/test-set/versions`)).json())
    .versions;
}

/** What the scoring worker does with the stored predictions: the ones that were right before the edit. */
async function scoreWhatWaits(right: ReadonlyMap<string, 0 | 1>): Promise<void> {
  const { database } = server;
  const { scoring } = await listForgotten(database, { olderThanSeconds: 0 });
  expect(scoring).toHaveLength(1);
  for (const evaluationId of scoring) {
    const claim = await claimScoring(database, { evaluationId, owner: 'test', leaseSeconds: 60 });
    expect(claim?.isRescoring).toBe(true);
    const gold = await listGoldLabels(database, claim?.testSetVersionId ?? '');
    const predictions = gold.map((each) => ({
      study: each.study,
      label: right.get(each.study) ?? 0,
      probability: null,
    }));
    const score = scorePredictions(gold, predictions);
    await publishScore(database, {
      evaluationId,
      leaseToken: claim?.leaseToken ?? 0,
      score,
      scorerVersion,
      provenance: {},
    });
  }
}

it('lists every edit that does not fit, and changes nothing', async () => {
  const refused = await edit([
    { withdraw: 'XR_HAND/nobody/study1' },
    { relabel: study(0), reader: 'Reader 9', label: 1 },
    { relabel: study(1), label: 1 },
    { withdraw: study(2) },
    { relabel: study(2), reader: 'Reader 1', label: 1 },
  ]);
  expect(refused.status).toBe(422);
  const { code, problems = [] } = problemSchema.parse(await refused.json());
  expect(code).toBe('test_set_invalid');
  expect(problems.map(({ field }) => field)).toEqual(['edits.0', 'edits.1', 'edits.2', 'edits.4']);
  expect(problems[1]?.message).toContain('expected one of: Reader 1, Reader 2');
  expect((await edit([{ relabel: study(0), reader: 'Reader 1', label: 0 }])).status).toBe(422);
  expect((await edit([0, 1, 2, 3].map((place) => ({ withdraw: study(place) })))).status).toBe(422);
  expect((await edit([{ withdraw: study(0) }], { note: ' ' })).status).toBe(400);
  expect(await readVersions()).toHaveLength(1);
});

it('is for organisers only', async () => {
  expect((await edit([{ withdraw: study(0) }], { token: seeded.alpha.token })).status).toBe(403);
  const [{ version = '' } = {}] = await readVersions();
  for (const what of [`diff?from=${version}&to=${version}`, 'studies']) {
    const refused = await server.request(`${phase}/test-set/${what}`, { token: seeded.alpha.token });
    expect(refused.status).toBe(403);
    expect(await refused.text()).not.toMatch(/patient|Reader/);
  }
});

it('scores everything anew after an edit, switches in one step, and keeps the old board', async () => {
  const { database } = server;
  const before = await readBoard();
  const right = new Map(
    (await listGoldLabels(database, seeded.hiddenVersion.versionId)).map((g) => [g.study, g.label]),
  );
  // Readers 1 to 3 said 0, 1, 1 of study 2: with reader 3 it is no longer abnormal. Study 3 goes.
  const edits = [{ relabel: study(2), reader: 'Reader 3', label: 0 }, { withdraw: study(3) }];
  const response = await edit(edits);
  expect(response.status).toBe(200);
  const { diff, rescored, rerun } = testSetChangeSchema.strict().parse(await response.json());
  expect({ rescored, rerun }).toEqual({ rescored: 1, rerun: 0 });
  expect(diff).toMatchObject({
    from: seeded.hiddenVersion.digest,
    added: [],
    withdrawn: [study(3)],
    relabelled: [
      { study: study(2), reader: null, from: 1, to: 0 },
      { study: study(2), reader: 'Reader 3', from: 1, to: 0 },
    ],
    imagesChanged: [],
  });

  // Nothing moves before all is ready, and no second change can begin.
  expect(await switchTestSets(database)).toEqual([]);
  expect(await readBoard()).toEqual(before);
  expect((await readVersions()).map(({ role }) => role)).toEqual(['next', 'current']);
  expect((await server.request(`${phase}/leaderboard?version=${diff.to}`)).status).toBe(404);
  expect((await edit([{ withdraw: study(0) }])).status).toBe(422);

  await scoreWhatWaits(right);
  expect(await switchTestSets(database)).toHaveLength(1);
  const after = await readBoard();
  expect(after.testSetVersion).toBe(diff.to);
  expect(after.kappas).not.toEqual(before.kappas);
  // Right about studies 0 and 1, and no longer about study 2; reader 4 said the same, reader 5 is right now.
  expect(after.kappas).toEqual(expect.arrayContaining([['Reader 5', 1]]));
  expect(after.kappas.map(([name]) => name).sort()).toEqual(['Reader 4', 'Reader 5', 'Reader 6', 'alpha']);
  expect(await readBoard(`?version=${diff.from}`)).toEqual(before);
  expect((await readVersions()).map(({ role }) => role)).toEqual(['current', 'past']);
});

it('compares two versions, and remembers who looked', async () => {
  const [{ version: to = '' } = {}, { version: from = '' } = {}] = await readVersions();
  const { token } = seeded.organiser;
  const response = await server.request(`${phase}/test-set/diff?from=${from}&to=${to}`, { token });
  expect(testSetDiffSchema.strict().parse(await response.json()).withdrawn).toEqual([study(3)]);
  const missing = await server.request(`${phase}/test-set/diff?from=${from}&to=${'0'.repeat(64)}`, { token });
  expect(problemSchema.parse(await missing.json()).code).toBe('version_not_found');
  const contents = await server.request(`${phase}/test-set/studies?version=${from}`, { token });
  const { studies } = testSetContentsSchema.strict().parse(await contents.json());
  expect(studies.map((each) => each.goldLabel)).toEqual([1, 0, 0, 1]);
  expect(studies.find((each) => each.study === study(2))).toMatchObject({ images: 2, readerLabels: { 'Reader 3': 1 } });
  const audit = await (await server.request('/api/competitions/mura/audit', { token })).text();
  const acts = JSON.parse(audit).acts.map(({ action }: { action: string }) => action);
  expect(acts).toEqual(['test-set.read', 'test-set.read', 'test-set.change', 'competition.create']);
});
