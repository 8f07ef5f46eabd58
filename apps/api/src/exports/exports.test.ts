import { findSubmission } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTeamWithToken } from '../provision/create-token.js';
import { hiddenStudies, type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const address = '/api/competitions/mura/phases/test/export';
const team = '=HYPERLINK("http://evil")';
let server: TestServer;
let seeded: SeededCompetition;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  await createTeamWithToken(server, { team });
  const predictions = hiddenStudies().map(({ study }, place) => ({ study, label: place % 2, probability: place / 10 }));
  const imported = await server.request('/api/competitions/mura/phases/test/predictions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ team, name: 'a "model", one', predictions }),
    token: seeded.organiser.token,
  });
  expect(imported.status).toBe(201);
  const { id } = (await imported.json()) as { id: string };
  // Imported predictions wait for their score; the table of results needs only the entry.
  const submission = await findSubmission(server.database, id);
  const score = { overall: { kappa: { value: -0.25 }, accuracy: { value: 0.5 } }, studies: 4, byStudyType: {} };
  const metrics = Object.fromEntries(
    ['balancedAccuracy', 'sensitivity', 'specificity', 'f1', 'auroc'].map((name) => [name, { value: 1 / 3 }]),
  );
  const counts = { truePositive: 1, falsePositive: 1, trueNegative: 1, falseNegative: 1 };
  Object.assign(score.overall, metrics, { counts, studies: 4 });
  const evaluationId = submission?.evaluationId ?? '';
  await server.database
    .insertInto('scores')
    .values({ evaluationId, score: JSON.stringify(score) as never, scorerVersion: '1', provenance: '{}' as never })
    .execute();
  const phase = await server.database
    .selectFrom('phases')
    .select(['id', 'testSetVersionId'])
    .where('slug', '=', 'test')
    .executeTakeFirstOrThrow();
  await server.database
    .insertInto('entries')
    .values({
      phaseId: phase.id,
      testSetVersionId: phase.testSetVersionId,
      kind: 'team',
      teamId: submission?.teamId ?? '',
      evaluationId,
      rankingValues: [-0.25],
      submittedAt: new Date(),
    })
    .execute();
});
afterAll(() => server.close());

async function read(what: string, format: string, token = seeded.organiser.token) {
  const response = await server.request(`${address}/${what}?format=${format}`, { token });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

it('gives organisers, and nobody else, the whole board with exact values', async () => {
  expect((await read('leaderboard', 'csv', seeded.alpha.token)).status).toBe(403);
  const { headers, text } = await read('leaderboard', 'csv');
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(headers.get('content-disposition')).toContain('mura-test-leaderboard.csv');
  const [head, ...lines] = text.trimEnd().split('\n');
  expect(head).toMatch(/^rank,rankLower,.*,kappa,accuracy,.*,kappa\.wrist/);
  // No spreadsheet takes the team's name for a formula, nor a negative kappa for words.
  expect(lines.find((line) => line.includes('evil'))).toMatch(
    /,team,"'=HYPERLINK\(""http:\/\/evil""\)","a ""model"", one",.*,4,-0\.25,0\.5,0\.3333333333333333,/,
  );
  const rows = JSON.parse((await read('leaderboard', 'json')).text);
  expect(rows).toHaveLength(4);
  expect(rows).toContainEqual(expect.objectContaining({ rank: 1, kappa: -0.25, team, truePositive: 1 }));
});

it('gives them what every entry said of every study, and remembers it', async () => {
  expect((await read('results', 'json', seeded.alpha.token)).status).toBe(403);
  const rows = JSON.parse((await read('results', 'json')).text);
  expect(rows).toHaveLength(4 * 4);
  expect(rows.filter((row: { team: string }) => row.team === team)).toEqual(
    expect.arrayContaining([
      {
        kind: 'team',
        team,
        name: 'a "model", one',
        submissionId: expect.any(String),
        study: 'XR_ELBOW/patient00001/study1',
        source: null,
        studyType: 'elbow',
        patient: 'patient00001',
        goldLabel: 1,
        label: 1,
        probability: 0.1,
        right: true,
      },
    ]),
  );
  expect(rows.filter((row: { kind: string }) => row.kind === 'reader')).toHaveLength(12);
  const csv = (await read('results', 'csv')).text;
  expect(csv.trimEnd().split('\n')).toHaveLength(17);
  const audit = await server.request('/api/competitions/mura/audit', { token: seeded.organiser.token });
  expect((await audit.text()).match(/results\.export/g)).toHaveLength(2);
});
