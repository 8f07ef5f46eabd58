import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemSchema, submissionSchema } from '@holdout/contracts';
import { openStorage, readStorageOptions } from '@holdout/storage';
import { startS3Server, type TestS3 } from '@holdout/storage/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { describeBucket } from '../testing/describe-bucket.js';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { startServerProcess } from '../testing/start-process.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { beginPart, beginUpload, readOffset, readResult, sendPart, tusHeaders } from '../testing/upload-parts.js';
import { UploadStore } from './upload-store.js';

let server: TestServer;
let s3: TestS3;
let token: string;
let archive: Buffer;
let storageDirectory: string;
let bucket: Record<string, string>;
beforeAll(async () => {
  [server, s3] = await Promise.all([startTestServer(), startS3Server()]);
  token = (await seedCompetition(server)).alpha.token;
  archive = await packFiles({ ...tfjsFiles(), 'padding.bin': randomBytes(20_000_000) });
  storageDirectory = await mkdtemp(join(tmpdir(), 'holdout-test-storage-'));
  bucket = { ...(await describeBucket(s3)), HOLDOUT_S3_PREFIX: 'here' };
}, 60_000);
afterAll(async () => {
  await server.close();
  await s3.stop();
  await rm(storageDirectory, { recursive: true, force: true });
});

describe.each(['a disk that they share', 'S3'] as const)('two API processes on %s', (place) => {
  const environment = () => (place === 'S3' ? bucket : {});
  const start = async () => {
    const started = await startServerProcess(server, { storageDirectory, environment: environment() });
    onTestFinished(() => started.end('SIGKILL'));
    return { ...started, token };
  };
  const options = () => readStorageOptions({ ...environment(), HOLDOUT_STORAGE_DIRECTORY: storageDirectory });
  const storage = () => openStorage(options());
  const removeExpired = async (keptMilliseconds: number) => {
    const store = { keptMilliseconds, s3: options().s3 };
    const uploads = await UploadStore.open(server.database, join(storageDirectory, 'uploads'), store);
    await uploads.removeExpired();
    await uploads.removeLeft();
  };
  const countSubmissions = async () => (await server.database.selectFrom('submissions').select('id').execute()).length;

  it('take an upload over from each other, also where a sender stalls, and enter it once', {
    timeout: 120_000,
  }, async () => {
    const before = await countSubmissions();
    const [first, second] = await Promise.all([start(), start()]);
    const location = (await beginUpload(first, { sizeBytes: archive.length })).headers.get('location') ?? '';
    expect((await sendPart(first, location, archive.subarray(0, 6_000_000), 0)).status).toBe(204);
    expect(await readOffset(second, location)).toBe(6_000_000);
    // A sender whose connection died is back at the other process before the first one knows.
    const stalled = beginPart(first, location, { offset: 6_000_000, announcedBytes: archive.length - 6_000_000 });
    stalled.write(archive.subarray(6_000_000, 9_000_000));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const offset = await readOffset(second, location);
    expect(offset).toBeGreaterThanOrEqual(6_000_000);
    expect((await sendPart(second, location, archive.subarray(offset), offset)).status).toBe(204);
    stalled.destroy();
    const results = await Promise.all([first, second, first].map((each) => readResult(each, location)));
    const submissions = await Promise.all(results.map(async (each) => submissionSchema.parse(await each.json())));
    expect(new Set(submissions.map(({ id }) => id)).size).toBe(1);
    expect(submissions[0]?.bundleDigest).toBe(createHash('sha256').update(archive).digest('hex'));
    expect(await countSubmissions()).toBe(before + 1);
    expect(await (await storage()).has(submissions[0]?.bundleDigest ?? '')).toBe(true);
    expect(await readdir(join(storageDirectory, 'unfinished'))).toEqual([]);
  });

  it('go on where one of them was killed in the middle of a part', { timeout: 120_000 }, async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const location = (await beginUpload(first, { sizeBytes: archive.length })).headers.get('location') ?? '';
    expect((await sendPart(first, location, archive.subarray(0, 9_000_000), 0)).status).toBe(204);
    const sending = beginPart(first, location, { offset: 9_000_000, announcedBytes: archive.length - 9_000_000 });
    sending.write(archive.subarray(9_000_000, 19_000_000));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await first.end('SIGKILL');
    const offset = await readOffset(second, location);
    // Of what was not a full part of S3 yet some may be lost; what was acknowledged of full parts never.
    expect(offset).toBeGreaterThanOrEqual(8_000_000);
    expect((await sendPart(second, location, archive.subarray(offset), offset)).status).toBe(204);
    const submission = submissionSchema.parse(await (await readResult(second, location)).json());
    expect(submission.bundleSizeBytes).toBe(archive.length);
  });

  it('put together what came to different ones', { timeout: 120_000 }, async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const parts = [archive.subarray(0, 7_000_000), archive.subarray(7_000_000)];
    const locations = await Promise.all(
      parts.map(async (part, index) => {
        const headers = { 'upload-concat': 'partial' };
        const at = index === 0 ? first : second;
        const location = (await beginUpload(at, { sizeBytes: part.length, headers })).headers.get('location') ?? '';
        expect((await sendPart(at, location, part, 0)).status).toBe(204);
        return location;
      }),
    );
    const made = await fetch(`${first.url}/api/competitions/mura/phases/test/uploads`, {
      method: 'POST',
      headers: { ...tusHeaders(token), 'upload-concat': `final;${locations.join(' ')}` },
    });
    const result = await readResult(second, made.headers.get('location') ?? '');
    expect(submissionSchema.parse(await result.json()).bundleDigest).toBe(
      createHash('sha256').update(archive).digest('hex'),
    );
  });

  it('forget what nobody finishes, with every byte of it', { timeout: 120_000 }, async () => {
    const first = await start();
    const location = (await beginUpload(first, { sizeBytes: archive.length })).headers.get('location') ?? '';
    expect((await sendPart(first, location, archive.subarray(0, 9_500_000), 0)).status).toBe(204);
    await removeExpired(24 * 3600_000);
    expect(await readOffset(first, location)).toBe(9_500_000);
    await removeExpired(0);
    const gone = await sendPart(first, location, archive.subarray(9_500_000), 9_500_000);
    expect(problemSchema.parse(await gone.json())).toMatchObject({ code: 'upload_not_found' });
    const left =
      place === 'S3'
        ? await s3.listAll(bucket.HOLDOUT_S3_BUCKET ?? '')
        : await readdir(join(storageDirectory, 'uploads'));
    expect(left.filter((key) => !key.includes('/blobs/'))).toEqual([]);
  });
});

it('says so where the bucket goes away, loses nothing, and goes on when it is back', { timeout: 120_000 }, async () => {
  const own = await startS3Server();
  const environment = { ...(await describeBucket(own)), HOLDOUT_S3_SILENCE_SECONDS: '5' };
  const { url, end } = await startServerProcess(server, { storageDirectory, environment });
  onTestFinished(() => end('SIGKILL'));
  const sender = { url, token };
  const location = (await beginUpload(sender, { sizeBytes: archive.length })).headers.get('location') ?? '';
  expect((await sendPart(sender, location, archive.subarray(0, 9_000_000), 0)).status).toBe(204);
  const before = await server.database.selectFrom('submissions').select('id').execute();
  own.pause();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/zip' };
  const path = `${url}/api/competitions/mura/phases/test/submissions`;
  const whole = await fetch(path, { method: 'POST', headers, body: new Uint8Array(archive) });
  expect(problemSchema.parse(await whole.json())).toMatchObject({ status: 503, code: 'storage_unavailable' });
  const part = await sendPart(sender, location, archive.subarray(9_000_000), 9_000_000);
  expect(problemSchema.parse(await part.json())).toMatchObject({ status: 503, code: 'storage_unavailable' });
  expect((await fetch(`${url}/api/health`)).status).toBe(503);
  expect(await server.database.selectFrom('submissions').select('id').execute()).toEqual(before);
  own.resume();
  onTestFinished(() => own.stop());
  await expect.poll(async () => (await fetch(`${url}/api/health`)).status, { timeout: 30_000 }).toBe(200);
  const offset = await readOffset(sender, location);
  expect(offset).toBe(9_000_000);
  expect((await sendPart(sender, location, archive.subarray(offset), offset)).status).toBe(204);
  expect((await readResult(sender, location)).status).toBe(200);
});
