import {
  auditLogSchema,
  leaderboardSchema,
  problemSchema,
  type Reproduction,
  reproductionSchema,
  submissionSchema,
} from '@holdout/contracts';
import {
  claimEvaluation,
  claimScoring,
  finishRunning,
  listForgotten,
  publishComparison,
  recordProgress,
  rejectEvaluation,
  startRunning,
} from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

let server: TestServer;
let seeded: SeededCompetition;
let submissionId: string;
let rung: string[];

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  submissionId = await seedSubmission(server, seeded.alpha.teamId, { name: 'alpha' });
  await walkEvaluation(server.database, submissionId);
  rung = [];
  server.queue.workEvaluations(
    async ({ evaluationId }) => {
      rung.push(evaluationId);
    },
    { concurrency: 1, lockSeconds: 30 },
  );
});
afterAll(() => server.close());

const begin = (id: string, token = seeded.organiser.token) =>
  server.request(`/api/evaluations/${id}/reproductions`, { method: 'POST', token });
const read = (id: string, token = seeded.organiser.token) => server.request(`/api/reproductions/${id}`, { token });
const parse = async (response: Response): Promise<Reproduction> =>
  reproductionSchema.strict().parse(await response.json());

const same = { studies: 4, images: 8, identical: true, maxAbsoluteDifference: 0, differingCalls: 0 };
const different = { studies: 4, images: 8, identical: false, maxAbsoluteDifference: 0.25, differingCalls: 1 };

/** What the workers do with what waits, until it was compared, or rejected where there is no comparison. */
async function work(comparison: typeof same | null): Promise<void> {
  const { database } = server;
  let evaluationId: string | undefined;
  while (!evaluationId) {
    await new Promise((done) => setTimeout(done, 50));
    [evaluationId] = (await listForgotten(database, { olderThanSeconds: 0 })).evaluating;
  }
  const claim = await claimEvaluation(database, { evaluationId, owner: 'test', leaseSeconds: 60 });
  const held = { evaluationId, leaseToken: claim?.leaseToken ?? 0 };
  await startRunning(database, held);
  await recordProgress(database, { ...held, stage: 'running', imagesDone: 3, imagesTotal: 8 });
  if (!comparison) {
    await rejectEvaluation(database, { ...held, code: 'time_limit_exceeded', detail: 'The limit is 1 s.' });
    return;
  }
  const provenance = { engine: 'onnx', engineVersion: 'onnxruntime-node 9', engineDigest: 'f'.repeat(64) };
  await finishRunning(database, { ...held, predictionsDigest: 'c'.repeat(64), provenance });
  const scoring = await claimScoring(database, { evaluationId, owner: 'test', leaseSeconds: 60 });
  await publishComparison(database, { evaluationId, leaseToken: scoring?.leaseToken ?? 0, comparison });
}

/** What a team and the public see. */
async function readAll() {
  const board = await server.request('/api/competitions/mura/phases/test/leaderboard');
  const submission = await server.request(`/api/submissions/${submissionId}`, seeded.alpha);
  const quota = await server.request('/api/competitions/mura/phases/test/quota', seeded.alpha);
  const receipt = await server.request(`/api/submissions/${submissionId}/receipt`, seeded.alpha);
  return [
    leaderboardSchema.parse(await board.json()),
    submissionSchema.parse(await submission.json()),
    await quota.json(),
    await receipt.json(),
  ];
}

it('is begun by an organiser, rung for, shown as it goes and logged, and nobody else sees anything of it', async () => {
  const before = await readAll();
  const response = await begin(submissionId);
  const begun = await parse(response);
  expect([response.status, response.headers.get('location')]).toEqual([202, `/api/reproductions/${begun.id}`]);
  expect(begun).toMatchObject({ submissionId, state: 'queued', comparison: null });
  expect(begun.testSetVersion).toBe(seeded.hiddenVersion.digest);
  expect(begun.again).toEqual({ predictionsDigest: null, run: null });
  // By the evaluation's id it is the same, while it is under way.
  expect((await parse(await begin(begun.evaluationId))).id).toBe(begun.id);
  await expect.poll(() => rung).toContain(begun.id);
  expect(await readAll()).toEqual(before);

  await work(different);
  const ended = await parse(await read(begun.id));
  expect(ended).toMatchObject({
    state: 'scored',
    comparison: different,
    first: { predictionsDigest: 'a'.repeat(64), run: { engineVersion: 'onnxruntime-node 1.2.3' } },
    again: { predictionsDigest: 'c'.repeat(64), run: { engineVersion: 'onnxruntime-node 9' } },
  });
  expect(await readAll()).toEqual(before);
  const log = await server.request('/api/competitions/mura/audit', seeded.organiser);
  const [outcome, begunAct] = auditLogSchema.parse(await log.json()).acts;
  expect(outcome).toMatchObject({ action: 'evaluation.reproduced', subject: submissionId, after: different });
  expect(begunAct).toMatchObject({ action: 'evaluation.reproduce', after: { reproductionId: begun.id } });
  expect(outcome?.actor).toBe(begunAct?.actor);

  for (const { token } of [seeded.alpha, seeded.beta]) expect((await read(begun.id, token)).status).toBe(404);
  expect((await begin(submissionId, seeded.alpha.token)).status).toBe(403);
  expect((await begin(submissionId, seeded.beta.token)).status).toBe(404);
  // An id of a reproduction is neither a submission's nor an evaluation's.
  for (const id of [begun.id, 'nothing', seeded.alpha.teamId]) {
    const refused = await begin(id);
    expect(problemSchema.parse(await refused.json()).code).toBe('evaluation_not_found');
  }
});

it.each([
  [same, 0, /4 studies, 8 images: the predictions are identical\./],
  [different, 1, /differ, by 0\.250 at most\.\n1 of 4 studies are called otherwise\.\nThey were made by different eng/],
  [null, 1, /It was not reproduced: it ended rejected\.\n.*The limit is 1 s\..* \[time_limit_exceeded\]/],
])('is waited for by the command: %j', async (comparison, exitCode, words) => {
  const organiser = { server: server.url, token: seeded.organiser.token };
  const [told] = await Promise.all([
    runCommand(['admin', 'evaluation', 'reproduce', submissionId], organiser),
    work(comparison),
  ]);
  expect(told.exitCode).toBe(exitCode);
  expect(told.stdout).toMatch(words);
  if (comparison) expect(told.stdout).toMatch(/first {2}a{12} .*1\.2\.3.*\nagain {2}c{12} .*onnxruntime-node 9/);
});

it('is refused to a team by the command', async () => {
  const team = { server: server.url, token: seeded.alpha.token };
  const refused = await runCommand(['admin', 'evaluation', 'reproduce', submissionId, '--json'], team);
  expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([1, 'not_allowed']);
});
