import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { listForgotten, listWorkers } from '@holdout/db';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

const program = fileURLToPath(new URL('../dist/evaluate.js', import.meta.url));
let fixture: WorkerFixture;
beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterAll(() => fixture?.close());

/** Calls every study normal, after a while. */
const slowProgram = (seconds: number) => `
import csv, sys, time
time.sleep(${seconds})
studies = sorted({line.strip().rsplit('/', 1)[0] + '/' for line in open(sys.argv[1])})
with open(sys.argv[2], 'w', newline='') as out:
    csv.writer(out).writerows([study, 0] for study in studies)
`;

/** The evaluating worker as a process of its own. */
async function startWorker(drainSeconds: number): Promise<ChildProcess> {
  const { config } = fixture.evaluating;
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH ?? '',
      HOLDOUT_DATABASE_URL: config.databaseUrl,
      HOLDOUT_STORAGE_DIRECTORY: config.storage.directory,
      HOLDOUT_SCRATCH_DIRECTORY: config.scratchDirectory,
      HOLDOUT_DRAIN_SECONDS: String(drainSeconds),
      HOLDOUT_RECONCILE_SECONDS: '1',
      HOLDOUT_SERVES: 'cpu',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"ready"')) break;
  child.stdout.resume();
  return child;
}

async function waitForState(submitted: Parameters<WorkerFixture['read']>[0], state: string): Promise<void> {
  const options = { timeout: 60_000, interval: 50 };
  await vi.waitFor(async () => expect((await fixture.read(submitted)).state).toBe(state), options);
}

async function endOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await ended;
  return code;
}

it('ends what it has begun within the time that it is given, takes nothing new, and signs off', async () => {
  const begun = await fixture.submit({ program: slowProgram(5) });
  const child = await startWorker(300);
  await waitForState(begun, 'checking');
  const waiting = await fixture.submit({ program: slowProgram(1) });
  expect(await endOf(child)).toBe(0);
  expect((await fixture.read(begun)).state).toBe('scoring');
  expect((await fixture.read(waiting)).state).toBe('queued');
  expect(await listWorkers(fixture.owner)).toEqual([]);
}, 240_000);

it('hands back what takes longer, at no cost, and another worker ends it', async () => {
  const submitted = await fixture.submit({ program: slowProgram(600) });
  const { evaluationId } = submitted;
  const child = await startWorker(0.5);
  await waitForState(submitted, 'checking');
  expect(await endOf(child)).toBe(0);
  const row = await fixture.owner
    .selectFrom('evaluations')
    .select(['state', 'leaseOwner', 'attempts'])
    .where('id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ state: 'checking', leaseOwner: null, attempts: 0 });
  const { evaluating } = await listForgotten(fixture.owner, { olderThanSeconds: 0 });
  expect(evaluating).toContain(evaluationId);
}, 240_000);
