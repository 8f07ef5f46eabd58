import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemSchema, submissionSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { startServerProcess } from '../testing/start-process.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { beginPart, beginUpload, readOffset, readResult, sendPart, tusHeaders } from '../testing/upload-parts.js';

const archiveBytes = 6_000_000;
let server: TestServer;
let token: string;
let archive: Buffer;
let storageDirectory: string;
beforeAll(async () => {
  server = await startTestServer();
  token = (await seedCompetition(server)).alpha.token;
  archive = await packFiles({ ...tfjsFiles(), 'padding.bin': randomBytes(archiveBytes) });
  storageDirectory = await mkdtemp(join(tmpdir(), 'holdout-test-storage-'));
});
afterAll(async () => {
  await server.close();
  await rm(storageDirectory, { recursive: true, force: true });
});

const sizeOf = async (location: string) =>
  (await stat(join(storageDirectory, 'uploads', location.split('/').at(-1) ?? ''))).size;

it.each(['SIGKILL', 'SIGTERM'] as const)('goes on where it was when its server is ended by %s', async (signal) => {
  const first = await startServerProcess(server, { storageDirectory });
  onTestFinished(() => first.end('SIGKILL'));
  const before = { url: first.url, token };
  const location = (await beginUpload(before, { sizeBytes: archive.length })).headers.get('location') ?? '';
  const sending = beginPart(before, location, { offset: 0, announcedBytes: archive.length });
  sending.write(archive.subarray(0, 4_000_000));
  await expect.poll(() => sizeOf(location), { timeout: 10_000 }).toBeGreaterThan(3_000_000);
  await first.end(signal);

  const second = await startServerProcess(server, { storageDirectory });
  onTestFinished(() => second.end('SIGKILL'));
  const after = { url: second.url, token };
  const offset = await readOffset(after, location);
  expect(offset).toBeGreaterThan(3_000_000);
  expect((await sendPart(after, location, archive.subarray(offset), offset)).status).toBe(204);
  const result = await readResult(after, location);
  expect(submissionSchema.parse(await result.json())).toMatchObject({ bundleSizeBytes: archive.length });
});

it('says that the disk is full, keeps what fitted, and goes on when there is room again', async () => {
  const disk = { storageDirectory, diskBytes: 8_000_000 };
  const { url, end } = await startServerProcess(server, disk);
  onTestFinished(() => end('SIGKILL'));
  const sender = { url, token };
  const locations: string[] = [];
  // Each has room by itself, and the two together have not.
  for (let count = 0; count < 2; count += 1) {
    const begun = await beginUpload(sender, { sizeBytes: archive.length });
    expect(begun.status).toBe(201);
    locations.push(begun.headers.get('location') ?? '');
  }
  const [first = '', second = ''] = locations;
  expect((await sendPart(sender, first, archive.subarray(0, 4_000_000), 0)).status).toBe(204);
  const refused = await sendPart(sender, second, archive, 0);
  expect(problemSchema.parse(await refused.json())).toMatchObject({ status: 507, code: 'storage_full' });
  expect((await beginUpload(sender, { sizeBytes: archive.length })).status).toBe(507);
  const offset = await readOffset(sender, second);
  expect(offset).toBeGreaterThan(3_000_000);
  const headers = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
  expect((await fetch(url + first, { method: 'DELETE', headers })).status).toBe(204);
  const part = archive.subarray(offset, offset + 1_000_000);
  expect((await sendPart(sender, second, part, offset)).headers.get('upload-offset')).toBe(
    String(offset + part.length),
  );
});

it('gives the room of a part with a checksum back when the disk is full', async () => {
  const { url, end } = await startServerProcess(server, { storageDirectory, diskBytes: 48_000_000 });
  onTestFinished(() => end('SIGKILL'));
  const sender = { url, token };
  // It lies beside the upload while it is checked: there is no room for it twice. More than is read ahead.
  const bytes = randomBytes(36_000_000);
  const begin = { sizeBytes: bytes.length, headers: { 'upload-concat': 'partial' } };
  const location = (await beginUpload(sender, begin)).headers.get('location') ?? '';
  const headers = { ...tusHeaders(token), 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  const checksum = `sha1 ${createHash('sha1').update(bytes).digest('base64')}`;
  const refused = await fetch(url + location, {
    method: 'PATCH',
    headers: { ...headers, 'upload-checksum': checksum },
    body: new Uint8Array(bytes),
  });
  expect(problemSchema.parse(await refused.json())).toMatchObject({ status: 507, code: 'storage_full' });
  const offset = await readOffset(sender, location);
  expect(offset).toBeLessThan(bytes.length);
  expect((await sendPart(sender, location, bytes.subarray(offset), offset)).status).toBe(204);
});

it('says of a bundle in one piece that the disk is full, keeps nothing of it, and takes it when there is room', async () => {
  const { url, end } = await startServerProcess(server, { storageDirectory, diskBytes: 8_000_000 });
  onTestFinished(() => end('SIGKILL'));
  const path = `${url}/api/competitions/mura/phases/test/submissions`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/zip' };
  const send = (body: Uint8Array<ArrayBuffer>) => fetch(path, { method: 'POST', headers, body });
  const form = new FormData();
  form.set('bundle', new Blob([randomBytes(12_000_000)]), 'bundle.zip');
  const asForm = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: form };
  for (const refused of [await send(new Uint8Array(randomBytes(12_000_000))), await fetch(path, asForm)])
    expect(problemSchema.parse(await refused.json())).toMatchObject({ status: 507, code: 'storage_full' });
  // It needs most of the disk: what the others had written is gone.
  const accepted = await send(new Uint8Array(archive));
  expect(submissionSchema.parse(await accepted.json())).toMatchObject({ bundleSizeBytes: archive.length });
});
