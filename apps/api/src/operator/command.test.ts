import { installationSchema, outboxSchema, queueListSchema, workerListSchema } from '@holdout/contracts';
import { claimEvaluation, findSubmission, registerWorker } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signUp } from '../testing/browser.js';
import { runCommand } from '../testing/run-command.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let seeded: SeededCompetition;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  const submissionId = await seedSubmission(server, seeded.alpha.teamId, { name: 'A model' });
  const description = {
    ...{ sandbox: 'bubblewrap', processor: 'a processor', cores: 2, memoryBytes: 4e9, gpuDevices: [] },
    ...{ node: 'v20.0.0', engines: ['onnxruntime-node 1.0.0'] },
  };
  for (const name of ['m1:7', 'm1:8']) {
    await registerWorker(server.database, { name, kind: 'evaluating', machine: 'm1', description, serves: ['cpu'] });
  }
  const evaluationId = (await findSubmission(server.database, submissionId))?.evaluationId ?? '';
  await claimEvaluation(server.database, { evaluationId, owner: 'm1:7', leaseSeconds: 60 });
  await seedSubmission(server, seeded.alpha.teamId, { name: 'Another' });
});
afterAll(() => server.close());

const holdout = (argv: string[], token = seeded.organiser.token) => runCommand(argv, { server: server.url, token });

it('lists, pauses, drains and resumes workers', async () => {
  const listed = await holdout(['worker', 'list']);
  expect(listed.stdout).toMatch(/^name +kind +state +sandbox +seen +does\n/);
  expect(listed.stdout).toMatch(
    /m1:7 +evaluating +working +bubblewrap +\d+ s ago +checking: A model \(Team <Alpha>\)\n/,
  );
  expect(listed.stdout).toMatch(/m1:8 +evaluating +waiting /);
  expect((await holdout(['worker', 'pause', 'm1:7'])).stdout).toBe(
    'm1:7 is paused now, and ends the one thing that it has.\n',
  );
  expect((await holdout(['worker', 'drain', 'm1:8'])).stdout).toBe('m1:8 is drained now.\n');
  const asJson = JSON.parse((await holdout(['worker', 'list', '--json'])).stdout);
  const { workers } = workerListSchema.parse(asJson);
  expect(workers.map(({ name, mode }) => [name, mode])).toEqual([
    ['m1:7', 'paused'],
    ['m1:8', 'draining'],
  ]);
  // By how its id begins, too.
  expect((await holdout(['worker', 'resume', workers[1]?.id.slice(0, 12) ?? ''])).stdout).toBe(
    'm1:8 is waiting now.\n',
  );
});

it('says what to type where it can’t', async () => {
  const unknown = await holdout(['worker', 'pause', 'm2']);
  expect([unknown.exitCode, unknown.stderr]).toEqual([
    1,
    expect.stringMatching(/“m2”; there is: m1:7, m1:8\.\nSee those that there are: holdout worker list/),
  ]);
  const unclear = await holdout(['worker', 'pause', 'm1']);
  expect([unclear.exitCode, unclear.stderr]).toEqual([
    2,
    expect.stringMatching(/Which worker\? “m1” begins m1:7, m1:8/),
  ]);
  const refused = await holdout(['worker', 'list'], seeded.alpha.token);
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/Only a site administrator/)]);
});

it('shows what waits, what runs, how much room is left, and mails', async () => {
  const queue = await holdout(['admin', 'queue']);
  expect(queue.stdout).toMatch(/^queue +waiting +oldest +under way/);
  expect(queue.stdout).toMatch(/evaluations \(cpu\) +1 +\d+ s ago +1 +0 +1 +0\n/);
  queueListSchema.strict().parse(JSON.parse((await holdout(['admin', 'queue', '--json'])).stdout));
  const status = await holdout(['admin', 'status']);
  expect(status.stdout).toContain(process.version);
  expect(status.stdout).toMatch(/hidden images +10 files, /);
  expect(status.stdout).toMatch(/disk +\S+ \S+ free of /);
  installationSchema.strict().parse(JSON.parse((await holdout(['admin', 'status', '--json'])).stdout));
  await signUp(server, 'ada@example.org', 'Ada');
  expect((await holdout(['admin', 'outbox'])).stdout).toMatch(/ to ada@example\.org, \d+ s ago\n/);
  outboxSchema.strict().parse(JSON.parse((await holdout(['admin', 'outbox', '--json'])).stdout));
});
