import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { problemSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { checkInThread } from './check-in-thread.js';

let directory: string;
let costly: string;
let good: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdout-check-'));
  costly = join(directory, 'costly.zip');
  good = join(directory, 'good.zip');
  await writeFile(costly, await packFiles(costlyFiles()));
  await writeFile(good, await packFiles(tfjsFiles()));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Within all limits, and much work that nothing interrupts. */
function costlyFiles(): Record<string, string | Buffer> {
  const more = `[${Array(4_000_000).fill('{}')}]`;
  const model = `{"format":"layers-model","more":${more},"modelTopology":{},"weightsManifest":[]}`;
  return { ...tfjsFiles(), 'model.json': model, 'padding.bin': randomBytes(200_000) };
}

it('tells what the check found, and its refusal in the same words', async () => {
  expect(await checkInThread(good)).toMatchObject({ manifest: { name: 'Tiny', engine: 'tfjs' } });
  await expect(checkInThread(costly)).rejects.toMatchObject({
    name: 'HoldoutError',
    code: 'model_unreadable',
    problems: [{ file: 'model.json' }],
  });
});

it('refuses what takes too long or too much memory, and goes on with what waits', async () => {
  const all = [
    checkInThread(costly, { deadlineSeconds: 0, bytesPerSecond: Number.POSITIVE_INFINITY }),
    checkInThread(costly, { memoryMebibytes: 24 }),
    checkInThread(good),
    checkInThread(good),
    checkInThread(good),
  ];
  const [late, large, ...rest] = await Promise.allSettled(all);
  expect(late).toMatchObject({ status: 'rejected', reason: { code: 'bundle_check_costly' } });
  expect(large).toMatchObject({ status: 'rejected', reason: { code: 'bundle_check_costly' } });
  expect(rest.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
});

it('lets the server answer while it checks a costly bundle', async () => {
  const server: TestServer = await startTestServer();
  try {
    const { alpha } = await seedCompetition(server);
    const body = new Uint8Array(await packFiles(costlyFiles()));
    let ended = false;
    const refused = server
      .request('/api/competitions/mura/phases/test/submissions', {
        method: 'POST',
        token: alpha.token,
        headers: { 'content-type': 'application/zip' },
        body,
      })
      .finally(() => {
        ended = true;
      });
    let answers = 0;
    let isThreadAtWork = false;
    subscribe('worker_threads', (message) => {
      isThreadAtWork = true;
      (message as { worker: Worker }).worker.once('exit', () => {
        isThreadAtWork = false;
      });
    });
    while (!ended) {
      expect((await server.request('/api/health/live')).status).toBe(200);
      if (isThreadAtWork) answers += 1;
    }
    expect(problemSchema.parse(await (await refused).json()).code).toBe('model_unreadable');
    expect(answers).toBeGreaterThan(10);
  } finally {
    await server.close();
  }
});
