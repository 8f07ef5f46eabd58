import { filteredSubmissionsSchema } from '@holdout/contracts';
import { cancelEvaluation, changeStanding, findSubmission } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

let server: TestServer;
let seeded: SeededCompetition;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  const { database } = server;
  const scored = await seedSubmission(server, seeded.alpha.teamId, { name: 'DenseNet 50%_off' });
  await walkEvaluation(database, scored);
  await changeStanding(database, { submissionId: scored, standing: 'disqualified', reason: 'a leak', actor: 'x' });
  const cancelled = await seedSubmission(server, seeded.beta.teamId, { name: 'ResNet', description: 'Fifty layers' });
  await cancelEvaluation(database, {
    evaluationId: (await findSubmission(database, cancelled))?.evaluationId ?? '',
    by: 'team',
  });
  await seedSubmission(server, seeded.beta.teamId, { name: 'Vision transformer' });
});
afterAll(() => server.close());

async function find(filter: Record<string, string> = {}, token = seeded.organiser.token) {
  const query = new URLSearchParams(filter);
  const response = await server.request(`/api/competitions/mura/submissions?${query}`, { token });
  expect(response.status).toBe(200);
  return filteredSubmissionsSchema.strict().parse(await response.json());
}
const namesOf = async (filter: Record<string, string>) => (await find(filter)).submissions.map(({ name }) => name);

it('lists all of them, the latest first, with what an organiser needs', async () => {
  const { submissions, total, next } = await find();
  expect(submissions.map(({ name }) => name)).toEqual(['Vision transformer', 'ResNet', 'DenseNet 50%_off']);
  expect({ total, next }).toEqual({ total: 3, next: null });
  expect(submissions[2]).toMatchObject({
    standing: 'disqualified',
    standingReason: 'a leak',
    kappa: 1,
    state: 'scored',
  });
});

it.each([
  [{ state: 'cancelled' }, ['ResNet']],
  [{ standing: 'counted' }, ['Vision transformer', 'ResNet']],
  [{ standing: 'disqualified' }, ['DenseNet 50%_off']],
  [{ team: '<alph' }, ['DenseNet 50%_off']],
  [{ text: 'fifty LAYERS' }, ['ResNet']],
  [{ text: 'a leak' }, ['DenseNet 50%_off']],
  [{ text: '0%_o' }, ['DenseNet 50%_off']],
  [{ text: '5_%' }, []],
  [{ phase: 'practice' }, []],
  [{ phase: 'test', team: 'beta', state: 'queued' }, ['Vision transformer']],
  [{ since: '2999-01-01T00:00:00Z' }, []],
  [{ until: '2999-01-01T00:00:00+02:00', state: 'scored' }, ['DenseNet 50%_off']],
] as const)('keeps those that %j lets through', async (filter, names) => {
  expect(await namesOf(filter)).toEqual(names);
  expect((await find(filter)).total).toBe(names.length);
});

it('finds one by its id, and goes on from a page’s last', async () => {
  const [first, second] = (await find()).submissions;
  expect(await namesOf({ text: first?.id.toUpperCase() ?? '' })).toEqual(['Vision transformer']);
  expect(await namesOf({ before: second?.id ?? '' })).toEqual(['DenseNet 50%_off']);
});

it('is the organisers’', async () => {
  for (const [token, status] of [
    [seeded.alpha.token, 403],
    [undefined, 401],
  ] as const) {
    const response = await server.request('/api/competitions/mura/submissions', token === undefined ? {} : { token });
    expect(response.status).toBe(status);
  }
});
