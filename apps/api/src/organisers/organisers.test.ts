import {
  auditLogSchema,
  leaderboardSchema,
  problemSchema,
  runLogListSchema,
  submissionSchema,
} from '@holdout/contracts';
import { insertRunLog } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

const board = '/api/competitions/mura/phases/test/leaderboard';
const audit = '/api/competitions/mura/audit';
let server: TestServer;
let seeded: SeededCompetition;
let submissionId: string;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  submissionId = await seedSubmission(server, seeded.alpha.teamId, { name: 'alpha' });
  await walkEvaluation(server.database, submissionId);
});
afterAll(() => server.close());

function act(what: string, { token = seeded.organiser.token, id = submissionId, body = {} as object | null } = {}) {
  const json = body === null ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return server.request(`/api/submissions/${id}/${what}`, { method: 'POST', token, ...json });
}

async function readNames(query = ''): Promise<string[]> {
  const response = await server.request(board + query);
  expect(response.status).toBe(200);
  return leaderboardSchema
    .strict()
    .parse(await response.json())
    .entries.filter(({ kind }) => kind === 'team')
    .map(({ name }) => name);
}

it('takes a submission out with a reason that its team reads, and lets it count again', async () => {
  const disqualified = await act('disqualify', { body: { reason: ' trained on the test set ' } });
  expect(disqualified.status).toBe(200);
  const told = await server.request(`/api/submissions/${submissionId}`, { token: seeded.alpha.token });
  expect(submissionSchema.strict().parse(await told.json())).toMatchObject({
    state: 'scored',
    standing: 'disqualified',
    standingReason: 'trained on the test set',
  });
  expect(await readNames()).toEqual([]);
  const restored = submissionSchema.parse(await (await act('restore', { body: null })).json());
  expect(restored).toMatchObject({ standing: 'counted', standingReason: null });
  expect(await readNames()).toEqual(['alpha']);
});

it('is for organisers only: a team, also its own, is refused, and nothing is written', async () => {
  for (const what of ['withdraw', 'disqualify', 'restore']) {
    const own = await act(what, { token: seeded.alpha.token, body: { reason: 'x' } });
    expect(own.status).toBe(403);
    const others = await act(what, { token: seeded.beta.token, body: { reason: 'x' } });
    expect(problemSchema.parse(await others.json()).code).toBe('submission_not_found');
  }
  expect((await server.request(audit, { token: seeded.alpha.token })).status).toBe(403);
  expect(await readNames()).toEqual(['alpha']);
});

it('demands a reason to disqualify', async () => {
  for (const body of [{}, { reason: '  ' }]) {
    const refused = await act('disqualify', { body });
    expect(refused.status).toBe(400);
    expect(problemSchema.parse(await refused.json()).problems?.[0]?.field).toBe('body.reason');
  }
});

it('keeps a log of who did what, with before and after', async () => {
  await act('withdraw', { body: null });
  await act('restore', { body: null });
  const response = await server.request(audit, { token: seeded.organiser.token });
  const { acts, next } = auditLogSchema.strict().parse(await response.json());
  expect(next).toBeNull();
  expect(acts.map(({ action }) => action)).toEqual([
    'submission.restore',
    'submission.withdraw',
    'submission.restore',
    'submission.disqualify',
    'competition.create',
  ]);
  expect(acts[3]).toMatchObject({
    actor: expect.stringMatching(/^organiser, token [0-9a-f-]{36}$/),
    subject: submissionId,
    before: { standing: 'counted' },
    after: { standing: 'disqualified', reason: 'trained on the test set' },
  });
  expect(JSON.stringify(acts)).not.toContain(seeded.organiser.token);
});

it('shows the board as it stood, by when each was scored and counted', async () => {
  const { acts } = auditLogSchema.parse(await (await server.request(audit, { token: seeded.organiser.token })).json());
  const [, withdrawal] = acts;
  const whileWithdrawn = new Date(Date.parse(withdrawal?.at ?? '') + 1).toISOString();
  const before = new Date(Date.parse(withdrawal?.at ?? '') - 1).toISOString();
  expect(await readNames(`?at=${whileWithdrawn}`)).toEqual([]);
  expect(await readNames(`?at=${before}`)).toEqual(['alpha']);
  expect(await readNames('?at=2020-01-01T00:00:00Z')).toEqual([]);
  const withOffset = before.replace('Z', '%2B00:00');
  expect(await readNames(`?at=${withOffset}`)).toEqual(['alpha']);
  for (const at of ['tomorrow', '2999-01-01T00:00:00Z']) {
    const refused = await server.request(`${board}?at=${at}`);
    expect(refused.status).toBe(400);
    expect(problemSchema.parse(await refused.json()).detail).toContain('at');
  }
});

it('reads what a bundle printed on hidden studies, and the audit log says so', async () => {
  const { database } = server;
  const { evaluationId } = await database
    .selectFrom('evaluations')
    .select('id as evaluationId')
    .where('submissionId', '=', submissionId)
    .executeTakeFirstOrThrow();
  const run = {
    evaluationId,
    attempt: 1,
    code: 'command_failed' as const,
    detail: 'exit code 1',
    log: 'a hidden path',
  };
  await insertRunLog(database, run);
  const path = `/api/submissions/${submissionId}/hidden-logs`;
  expect((await server.request(path, { token: seeded.alpha.token })).status).toBe(403);
  expect((await server.request(path, { token: seeded.beta.token })).status).toBe(404);
  const read = await server.request(path, { token: seeded.organiser.token });
  expect(runLogListSchema.strict().parse(await read.json())).toMatchObject({ evaluationId, logs: [{ log: run.log }] });
  const { acts } = auditLogSchema.parse(await (await server.request(audit, { token: seeded.organiser.token })).json());
  expect(acts.filter(({ action }) => action === 'hidden_log.read')).toMatchObject([{ subject: submissionId }]);
});
