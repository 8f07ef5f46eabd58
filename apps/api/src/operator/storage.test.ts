import { createHash, randomBytes } from 'node:crypto';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { collectionSchema, problemSchema, verificationSchema } from '@holdout/contracts';
import { findPhase, insertSubmission } from '@holdout/db';
import { openStorage } from '@holdout/storage';
import { startS3Server } from '@holdout/storage/testing';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../testing/run-command.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { collectBlobs } from './collect-blobs.js';

let server: TestServer;
let seeded: SeededCompetition;
let phaseId: string;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  phaseId = (await findPhase(server.database, 'mura', 'test'))?.id ?? '';
});
afterAll(() => server.close());

const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600_000);
const pathOf = (digest: string) => join(server.storageDirectory, 'blobs', digest.slice(0, 2), digest.slice(2));
const put = (bytes: Buffer) => server.storage.put(Readable.from([bytes]));
const makeOld = (digest: string) => utimes(pathOf(digest), twoDaysAgo, twoDaysAgo);
const use = (bundleDigest: string) =>
  insertSubmission(server.database, {
    phaseId,
    teamId: seeded.alpha.teamId,
    manifest: { name: 'A model', engine: 'onnx', model: 'model.onnx' } as never,
    bundleDigest,
    bundleSizeBytes: 100,
  });

async function ask(what: 'collect' | 'verify', body: object) {
  const response = await server.request(`/api/operator/storage/${what}`, {
    method: 'POST',
    token: seeded.organiser.token,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw problemSchema.parse(answer);
  return answer;
}
const collect = async (body: object) => collectionSchema.parse(await ask('collect', body));
const command = (...argv: string[]) =>
  runCommand(['admin', 'storage', ...argv], { server: server.url, token: seeded.organiser.token });

it('removes what is old and unused, and nothing else; a dry run nothing', async () => {
  const [old, young, used] = await Promise.all([put(randomBytes(100)), put(randomBytes(100)), put(randomBytes(100))]);
  await use(used.digest);
  for (const { digest } of [old, used]) await makeOld(digest);
  expect((await collect({ olderThanHours: 24 })).unused).toEqual({ files: 1, sizeBytes: 100 });
  const dry = await command('collect', '--older-than-hours', '24');
  expect([dry.exitCode, dry.stdout]).toEqual([0, expect.stringMatching(/^Nothing was removed: of .* uses 1 file /)]);
  expect(await server.storage.has(old.digest)).toBe(true);
  const done = await command('collect', '--older-than-hours', '24', '--remove', '--json');
  expect(JSON.parse(done.stdout)).toMatchObject({ dryRun: false, unused: { files: 1, sizeBytes: 100 } });
  expect(await server.storage.has(old.digest)).toBe(false);
  for (const { digest } of [young, used]) expect(await server.storage.has(digest)).toBe(true);
  await expect(collect({ olderThanHours: 1 })).rejects.toMatchObject({ code: 'request_invalid' });
  const acts = await server.database.selectFrom('auditLog').select(['action', 'after']).execute();
  expect(acts).toContainEqual({ action: 'storage.collect', after: { files: 1, sizeBytes: 100 } });
});

it('never removes what is put and used at the same time', { timeout: 120_000 }, async () => {
  const contents = Array.from({ length: 12 }, () => randomBytes(100));
  const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  let [using, removed] = [true, 0];
  const collectOn = async () => {
    while (using) {
      await collect({ dryRun: false, olderThanHours: 24 }).then(
        ({ unused }) => {
          removed += unused.files;
        },
        // Where two collect, one of them is told to come again.
        (problem) => expect(problem).toMatchObject({ code: 'server_busy' }),
      );
    }
  };
  const collecting = [collectOn(), collectOn()];
  await Promise.all(
    contents.map(async (bytes) => {
      // Many times it is put for what is refused, and grows old; at last it is used.
      for (let time = 0; time < 60; time += 1) {
        const { digest } = await put(bytes);
        await makeOld(digest);
      }
      await use((await put(bytes)).digest);
    }),
  );
  using = false;
  await Promise.all(collecting);
  const demandAll = async () => {
    for (const bytes of contents) expect(await server.storage.has(digestOf(bytes))).toBe(true);
  };
  await demandAll();
  // Days later.
  for (const bytes of contents) await makeOld(digestOf(bytes));
  await collect({ dryRun: false, olderThanHours: 24 });
  await demandAll();
  expect(removed).toBeGreaterThan(10);
});

it('collects and verifies page by page', { timeout: 60_000 }, async () => {
  for (let count = 0; count < 210; count += 1) await makeOld((await put(randomBytes(10))).digest);
  const first = await collect({ olderThanHours: 24 });
  expect(first.looked.files).toBe(200);
  const second = await collect({ olderThanHours: 24, after: first.next ?? '' });
  expect(second.next).toBeNull();
  expect(first.unused.files + second.unused.files).toBe(210);
  expect(verificationSchema.parse(await ask('verify', { after: first.next })).verified).toEqual(second.looked);
  const { stdout } = await command('collect', '--older-than-hours', '24', '--remove', '--json');
  expect(JSON.parse(stdout).unused.files).toBe(210);
});

it('names what is damaged, and what is used and missing', async () => {
  const bytes = randomBytes(1000);
  const [lost, damaged, unused] = await Promise.all([put(randomBytes(1000)), put(bytes), put(randomBytes(1000))]);
  await use(lost.digest);
  await use(damaged.digest);
  await rm(pathOf(lost.digest));
  for (const { digest } of [damaged, unused]) {
    await rm(pathOf(digest));
    await writeFile(pathOf(digest), randomBytes(1000));
  }
  const { exitCode, stdout } = await command('verify', '--json');
  expect(exitCode).toBe(1);
  const messages = JSON.parse(stdout).error.problems.map(({ message }: { message: string }) => message);
  const expected = [
    `${lost.digest} is missing; it is used: bundle.`,
    `${damaged.digest} is damaged; it is used: bundle.`,
    `${unused.digest} is damaged; nothing uses it.`,
  ];
  expect(messages.sort()).toEqual(expected.sort());
  await put(bytes);
  const after = await command('verify', '--json');
  expect(JSON.parse(after.stdout).error.problems).toHaveLength(expected.length - 1);
});

it('collects in a bucket, in no transaction that Postgres would end, and one process at a time', {
  timeout: 120_000,
}, async () => {
  const s3 = await startS3Server();
  onTestFinished(() => s3.stop());
  const bucket = await s3.createBucket();
  const directory = join(server.storageDirectory, 'bucket');
  const storage = await openStorage({ directory, s3: bucket });
  const putAll = (contents: Buffer[]) => Promise.all(contents.map((bytes) => storage.put(Readable.from([bytes]))));
  const [used, ...unused] = await putAll(Array.from({ length: 13 }, () => randomBytes(100)));
  await use(used?.digest ?? '');
  // S3 tells the age of what it has by the second.
  await setTimeout(2000);
  const options = { olderThanHours: 0, dryRun: false };
  const collectHere = () => collectBlobs({ ...server, storage }, options, pino({ level: 'silent' }));
  s3.pause();
  const collecting = collectHere();
  const states = async () => {
    const { rows } = await sql<{ state: string }>`
      SELECT state FROM pg_stat_activity WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')
        AND query LIKE '%advisory%'`.execute(server.database);
    return rows.map(({ state }) => state);
  };
  await expect.poll(states, { timeout: 30_000 }).toEqual(['idle']);
  await expect(collectHere()).rejects.toMatchObject({ code: 'server_busy' });
  s3.resume();
  expect((await collecting).unused).toEqual({ files: unused.length, sizeBytes: 1200 });
  expect(await s3.listAll(bucket.bucket)).toHaveLength(1);
  expect(await storage.has(used?.digest ?? '')).toBe(true);
  // It was let go of.
  expect((await collectHere()).unused.files).toBe(0);
});
