import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { checkInProcess, createProcessCheck } from './check-in-process.js';

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
/** The processes that check, as this one started them. */
const checks: ChildProcess[] = [];
subscribe('child_process', (message) => {
  const { process: started } = message as { process: ChildProcess };
  checks.push(started);
});
function signalChecks(signal: NodeJS.Signals): void {
  const running = checks.filter(
    ({ spawnargs, exitCode }) => exitCode === null && spawnargs.some((word) => word.includes('tinypool')),
  );
  expect(running.length).toBeGreaterThan(0);
  for (const check of running) check.kill(signal);
}
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Within all limits, and much work that nothing interrupts. */
function costlyFiles(): Record<string, string | Buffer> {
  const more = `[${Array(4_000_000).fill('{}')}]`;
  const model = `{"format":"layers-model","more":${more},"modelTopology":{},"weightsManifest":[]}`;
  return { ...tfjsFiles(), 'model.json': model, 'padding.bin': randomBytes(200_000) };
}

it('tells what the check found, and its refusal in the same words', async () => {
  expect(await checkInProcess(good)).toMatchObject({ manifest: { name: 'Tiny', engine: 'tfjs' } });
  await expect(checkInProcess(costly)).rejects.toMatchObject({
    name: 'HoldoutError',
    code: 'model_unreadable',
    problems: [{ file: 'model.json' }],
  });
});

it('refuses what takes too long or too much memory, and goes on with what waits', async () => {
  const checkInLittle = createProcessCheck({ memoryMebibytes: 24 });
  const all = [
    checkInLittle(costly, { deadlineSeconds: 0, bytesPerSecond: Number.POSITIVE_INFINITY }),
    checkInLittle(costly),
    checkInLittle(good),
    checkInLittle(good),
    checkInLittle(good),
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
    // Stopped, they neither end nor begin a check; the server that asked them goes on.
    signalChecks('SIGSTOP');
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
    for (let answers = 0; answers < 100; answers += 1) {
      expect((await server.request('/api/health/live')).status).toBe(200);
    }
    expect(ended).toBe(false);
    signalChecks('SIGCONT');
    expect(problemSchema.parse(await (await refused).json()).code).toBe('model_unreadable');
  } finally {
    await server.close();
  }
});
