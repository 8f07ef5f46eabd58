import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { submissionSchema } from '@holdout/contracts';
import { openStorage, readStorageOptions } from '@holdout/storage';
import { startS3Server, type TestS3 } from '@holdout/storage/testing';
import { Upload } from '@tus/server';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeBucket } from '../testing/describe-bucket.js';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startServerProcess } from '../testing/start-process.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { beginPart, beginUpload, readResult, sendPart } from '../testing/upload-parts.js';
import { UploadObjects } from './upload-objects.js';

let server: TestServer;
let s3: TestS3;
let seeded: SeededCompetition;
let archive: Buffer;
beforeAll(async () => {
  [server, s3] = await Promise.all([startTestServer(), startS3Server()]);
  seeded = await seedCompetition(server);
  archive = await packFiles({ ...tfjsFiles(), 'padding.bin': randomBytes(20_000_000) });
}, 60_000);
afterAll(async () => {
  await server.close();
  await s3.stop();
});

async function startWithBucket(environment: Record<string, string> = {}) {
  const storageDirectory = await mkdtemp(join(tmpdir(), 'holdout-test-storage-'));
  onTestFinished(() => rm(storageDirectory, { recursive: true, force: true }));
  const bucket = await describeBucket(s3);
  const started = await startServerProcess(server, { storageDirectory, environment: { ...bucket, ...environment } });
  onTestFinished(() => started.end('SIGKILL'));
  const { s3: options } = readStorageOptions({ ...bucket, HOLDOUT_STORAGE_DIRECTORY: storageDirectory });
  if (!options) throw new Error('No bucket.');
  const senderOf = (team: 'alpha' | 'beta') => ({ url: started.url, token: seeded[team].token });
  return { ...started, storageDirectory, bucket, options, senderOf, uploads: join(storageDirectory, 'uploads') };
}

it('puts nothing into the system’s temporary folder, which may be a little memory', { timeout: 120_000 }, async () => {
  // No folder, and none can be made there: whoever uses it fails.
  const { url, senderOf, storageDirectory } = await startWithBucket({ TMPDIR: '/dev/null' });
  const send = (path: string, token: string, bytes: Buffer) =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/zip' },
      body: new Uint8Array(bytes),
    });
  const whole = await send('/api/competitions/mura/phases/test/submissions', seeded.alpha.token, archive);
  expect([whole.status, await whole.json()]).toEqual([201, expect.objectContaining({ state: 'queued' })]);

  const beta = senderOf('beta');
  const location = (await beginUpload(beta, { sizeBytes: archive.length })).headers.get('location') ?? '';
  expect((await sendPart(beta, location, archive.subarray(0, 9_000_000), 0)).status).toBe(204);
  expect((await sendPart(beta, location, archive.subarray(9_000_000), 9_000_000)).status).toBe(204);
  expect((await readResult(beta, location)).status).toBe(200);

  const starter = await send('/api/competitions/mura/starter-bundles', seeded.organiser.token, archive);
  expect([starter.status, await starter.json()]).toEqual([200, expect.objectContaining({ engine: 'tfjs' })]);
  // Its pictures lie elsewhere in this test.
  await server.database.updateTable('phases').set({ sampleInKit: false }).execute();
  const kit = await fetch(`${url}/api/competitions/mura/phases/test/starter-kit.zip`);
  expect(kit.status).toBe(200);
  expect((await kit.arrayBuffer()).byteLength).toBeGreaterThan(20_000_000);

  // What a kit was read from is let go of after its last byte.
  for (const folder of ['scratch', 'uploads', 'unfinished'])
    await expect.poll(() => readdir(join(storageDirectory, folder)), { timeout: 30_000 }).toEqual([]);
});

it('is not held up by many senders that are slow', { timeout: 120_000 }, async () => {
  const { senderOf, uploads } = await startWithBucket();
  const slow = await Promise.all(
    [...Array(8).fill('alpha'), ...Array(4).fill('beta')].map(async (team) => {
      const sender = senderOf(team);
      const location = (await beginUpload(sender, { sizeBytes: archive.length })).headers.get('location') ?? '';
      const sending = beginPart(sender, location, { offset: 0, announcedBytes: archive.length });
      sending.write(archive.subarray(0, 200_000));
      return sending;
    }),
  );
  // Each of them fills a part.
  const countParts = async () => (await readdir(uploads)).length;
  await expect.poll(countParts, { timeout: 60_000 }).toBe(slow.length);
  const beta = senderOf('beta');
  const location = (await beginUpload(beta, { sizeBytes: archive.length })).headers.get('location') ?? '';
  expect((await sendPart(beta, location, archive, 0)).status).toBe(204);
  expect((await readResult(beta, location)).status).toBe(200);
  for (const sending of slow) sending.destroy();
  await expect.poll(countParts, { timeout: 60_000 }).toBe(0);
});

it('finishes what has every part, and whose process died before it made one object of them', {
  timeout: 120_000,
}, async () => {
  const { senderOf, options, uploads } = await startWithBucket();
  const alpha = senderOf('alpha');
  const location = (await beginUpload(alpha, { sizeBytes: archive.length })).headers.get('location') ?? '';
  const key = `uploads/${location.split('/').at(-1)}`;
  /** Ends where a process may be killed. */
  class DyingObjects extends UploadObjects {
    protected override async finishMultipartUpload(): Promise<never> {
      throw new Error('killed');
    }
  }
  await expect(new DyingObjects(options, uploads).write(Readable.from([archive]), key, 0)).rejects.toThrow('killed');
  const submission = submissionSchema.parse(await (await readResult(alpha, location)).json());
  expect(submission.bundleSizeBytes).toBe(archive.length);
});

it('removes what was abandoned, of more pages than one, and nothing that is wanted or young', {
  timeout: 120_000,
}, async () => {
  const { options, uploads, bucket, storageDirectory } = await startWithBucket();
  const objects = new UploadObjects(options, uploads);
  // The server of the tests lists ten a page.
  const keys = Array.from({ length: 25 }, (_, count) => `uploads/${count}`);
  for (const id of keys) await objects.create(new Upload({ id, size: 20, offset: 0 }));
  const list = async () => new Set((await s3.listAll(options.bucket)).map((key) => key.replace('.info', '')));
  await objects.removeOthers('uploads/', async () => []);
  expect(await list()).toEqual(new Set(keys));
  const kept = ['uploads/3', 'uploads/24'];
  await objects.removeOthers('uploads/', async () => kept, -60_000);
  expect(await list()).toEqual(new Set(kept));

  const storage = await openStorage(readStorageOptions({ ...bucket, HOLDOUT_STORAGE_DIRECTORY: storageDirectory }));
  const blobs = Array.from({ length: 25 }, (_, count) => `blobs/ab/${count}`);
  for (const id of blobs) await objects.create(new Upload({ id, size: 20, offset: 0 }));
  const listParts = async () => (await s3.listAll(options.bucket)).filter((key) => /^blobs.*\d$/.test(key));
  await storage.removeAbandoned();
  expect(await listParts()).toHaveLength(blobs.length);
  await storage.removeAbandoned({ olderThanMilliseconds: -60_000 });
  expect(await listParts()).toEqual([]);
});
