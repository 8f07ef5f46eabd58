import { createHash } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { problemSchema, submissionSchema } from '@holdout/contracts';
import { expect, it } from 'vitest';
import type { TestServer } from '../testing/test-server.js';
import { beginPart, beginUpload, readOffset, readResult, sendPart, tusHeaders } from '../testing/upload-parts.js';
import { useUploadServer } from '../testing/use-upload-server.js';

let server: TestServer;
let alpha: { url: string; token: string };
let beta: { url: string; token: string };
let archive: Buffer;
useUploadServer((started) => {
  ({ server, alpha, beta, archive } = started);
});

const listFiles = () => readdir(join(server.storageDirectory, 'uploads'));
const uploads = '/api/competitions/mura/phases/test/uploads';
const begin = async (sizeBytes: number, headers: Record<string, string> = {}, sender = alpha) =>
  (await beginUpload(sender, { sizeBytes, headers })).headers.get('location') ?? '';
const checksum = (algorithm: string, bytes: Uint8Array) =>
  `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}`;

function sendChecked(location: string, bytes: Uint8Array, offset: number, header: string): Promise<Response> {
  return fetch(server.url + location, {
    method: 'PATCH',
    headers: {
      ...tusHeaders(alpha.token),
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
      'upload-checksum': header,
    },
    body: new Uint8Array(bytes),
  });
}

function concatenate(locations: readonly string[], sender = alpha, phase = uploads): Promise<Response> {
  const headers = { ...tusHeaders(sender.token), 'upload-concat': `final;${locations.join(' ')}` };
  return fetch(sender.url + phase, { method: 'POST', headers });
}

async function expectProblem(response: Response, status: number, code: string) {
  expect(problemSchema.parse(await response.json())).toMatchObject({ status, code });
  expect(response.status).toBe(status);
}

it('says what it can do, to anyone', async () => {
  const response = await fetch(server.url + uploads, { method: 'OPTIONS' });
  expect(response.status).toBe(204);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'tus-resumable': '1.0.0',
    'tus-version': '1.0.0',
    'tus-extension': 'creation,creation-with-upload,termination,expiration,checksum,concatenation',
    'tus-checksum-algorithm': 'sha1,sha256,md5',
  });
});

it('keeps a part that is what its checksum says, and nothing of one that is not', async () => {
  const location = await begin(archive.length);
  const [first, second] = [archive.subarray(0, 40_000), archive.subarray(40_000)];
  await expectProblem(await sendChecked(location, first, 0, checksum('sha1', second)), 460, 'upload_checksum_wrong');
  await expectProblem(await sendChecked(location, first, 0, 'sha1'), 460, 'upload_checksum_wrong');
  await expectProblem(await sendChecked(location, first, 0, checksum('sha512', first)), 400, 'request_invalid');
  expect(await readOffset(alpha, location)).toBe(0);
  expect((await sendChecked(location, first, 0, checksum('sha1', first))).status).toBe(204);
  await expectProblem(await sendChecked(location, first, 0, checksum('md5', first)), 409, 'upload_offset_wrong');
  expect((await sendChecked(location, second, 40_000, checksum('sha256', second))).status).toBe(204);
  expect((await readResult(alpha, location)).status).toBe(200);
  // Who sent too much is answered before the rest of it is let go.
  await expect.poll(() => readdir(join(server.storageDirectory, 'unfinished')), { timeout: 20_000 }).toEqual([]);
});

it('keeps no file open for a part with a checksum that comes when all is there', async () => {
  const location = await begin(10, { 'upload-concat': 'partial' });
  expect((await sendPart(alpha, location, new Uint8Array(10), 0)).status).toBe(204);
  const nothing = new Uint8Array(0);
  for (let count = 0; count < 3; count += 1) {
    expect((await sendChecked(location, nothing, 10, checksum('sha1', nothing))).status).toBe(204);
  }
  const listOpen = async () => {
    const descriptors = await readdir('/proc/self/fd');
    const paths = await Promise.all(descriptors.map((each) => readlink(`/proc/self/fd/${each}`).catch(() => '')));
    return paths.filter((path) => path.startsWith(join(server.storageDirectory, 'unfinished')));
  };
  await expect.poll(listOpen, { timeout: 20_000 }).toEqual([]);
});

it('keeps nothing of a part with a checksum whose sender broke off', async () => {
  const location = await begin(archive.length);
  const sending = beginPart(alpha, location, { offset: 0, announcedBytes: archive.length });
  sending.setHeader('upload-checksum', checksum('sha1', archive));
  sending.write(archive.subarray(0, 60_000));
  await expect.poll(async () => (await readdir(join(server.storageDirectory, 'unfinished'))).length).toBe(1);
  sending.destroy();
  await expect.poll(async () => (await readdir(join(server.storageDirectory, 'unfinished'))).length).toBe(0);
  expect(await readOffset(alpha, location)).toBe(0);
});

it('takes no more of a part with a checksum than the upload has left, and one part at a time', async () => {
  const location = await begin(10);
  const answers = Array.from({ length: 4 }, () => {
    const sending = beginPart(alpha, location, { offset: 0 });
    sending.setHeader('upload-checksum', checksum('sha1', archive));
    const status = new Promise((resolve) => sending.once('response', (response) => resolve(response.statusCode)));
    // More than is left, and no end: who takes in all of it first would wait for it.
    sending.write(archive);
    return status.finally(() => sending.destroy());
  });
  for (const status of await Promise.all(answers)) expect(status).toBe(413);
  // Who sent too much is answered before the rest of it is let go.
  await expect.poll(() => readdir(join(server.storageDirectory, 'unfinished')), { timeout: 20_000 }).toEqual([]);
  expect(await readOffset(alpha, location)).toBe(0);
});

it('begins nothing where the first part is not what its checksum says', async () => {
  const before = (await listFiles()).length;
  const headers = { ...tusHeaders(alpha.token), 'content-type': 'application/offset+octet-stream' };
  const response = await fetch(server.url + uploads, {
    method: 'POST',
    headers: { ...headers, 'upload-length': '10', 'upload-checksum': checksum('sha1', archive) },
    body: new Uint8Array(10),
  });
  await expectProblem(response, 460, 'upload_checksum_wrong');
  expect(await listFiles()).toHaveLength(before);
});

it('puts partial uploads together, in the order that is asked for, into one submission', async () => {
  const before = (await listFiles()).length;
  const cuts = [0, 30_000, 70_000, archive.length];
  const parts = cuts.slice(1).map((end, place) => archive.subarray(cuts[place], end));
  // They come in another order, and at once.
  const locations = await Promise.all(parts.map((part) => begin(part.length, { 'upload-concat': 'partial' })));
  await expectProblem(await concatenate(locations), 409, 'upload_unfinished');
  await Promise.all(parts.map((part, place) => sendPart(alpha, locations[place] ?? '', part, 0)));
  const head = await fetch(alpha.url + locations[1], { method: 'HEAD', headers: tusHeaders(alpha.token) });
  expect(head.headers.get('upload-concat')).toBe('partial');
  await expectProblem(await readResult(alpha, locations[1] ?? ''), 409, 'upload_unfinished');

  const made = await concatenate(locations.map((location, place) => (place === 1 ? server.url + location : location)));
  expect(made.status).toBe(201);
  const location = made.headers.get('location') ?? '';
  const submission = submissionSchema.parse(await (await readResult(alpha, location)).json());
  expect(submission).toMatchObject({
    bundleDigest: createHash('sha256').update(archive).digest('hex'),
    bundleSizeBytes: archive.length,
  });
  const final = await fetch(alpha.url + location, { method: 'HEAD', headers: tusHeaders(alpha.token) });
  expect(Object.fromEntries(final.headers)).toMatchObject({
    'upload-offset': String(archive.length),
    'upload-length': String(archive.length),
    'upload-concat': `final;${locations.join(' ')}`,
  });
  await expectProblem(await sendPart(alpha, location, new Uint8Array(1), archive.length), 403, 'upload_is_final');
  expect((await readResult(alpha, location)).status).toBe(200);
  // Their bytes are gone, and they with them.
  expect(await listFiles()).toHaveLength(before);
  await expect(readOffset(alpha, locations[0] ?? '')).rejects.toThrow('404');
});

it('puts nothing together that is another team’s, of another phase, whole by itself, too large or unknown', async () => {
  const partial = { 'upload-concat': 'partial' };
  const theirs = await begin(10, partial, beta);
  await sendPart(beta, theirs, new Uint8Array(10), 0);
  await expectProblem(await concatenate([theirs]), 404, 'upload_not_found');
  const ours = await begin(10, partial);
  await sendPart(alpha, ours, new Uint8Array(10), 0);
  const elsewhere = uploads.replace('/test/', '/practice/');
  await expectProblem(await concatenate([ours], alpha, elsewhere), 404, 'upload_not_found');
  await expectProblem(await concatenate([await begin(10)]), 400, 'request_invalid');
  await expectProblem(await concatenate([`${uploads}/nothing`]), 404, 'upload_not_found');
  await expectProblem(await concatenate([ours, ours]), 400, 'request_invalid');
  const bad = await concatenate([ours]);
  expect(bad.status).toBe(201);
  await expectProblem(await readResult(alpha, bad.headers.get('location') ?? ''), 422, 'archive_unreadable');
});

it('makes one submission of a final upload that is asked for again', async () => {
  const parts = [archive.subarray(0, 30_000), archive.subarray(30_000)];
  const locations = await Promise.all(parts.map((part) => begin(part.length, { 'upload-concat': 'partial' })));
  for (const [place, part] of parts.entries()) await sendPart(alpha, locations[place] ?? '', part, 0);
  const before = await server.database.selectFrom('submissions').select('id').execute();
  // At once, before the partial ones are removed; and later, when they are gone.
  const made = [...(await Promise.all([1, 2, 3].map(() => concatenate(locations)))), await concatenate(locations)];
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  expect(new Set(made.map(({ headers }) => headers.get('location'))).size).toBe(1);
  expect(await server.database.selectFrom('submissions').select('id').execute()).toHaveLength(before.length + 1);
});

it('removes none of the parts that are put together, though they are as many as a team may have', async () => {
  const end = archive.length - 30_000;
  const parts = [0, 10_000, 20_000, 30_000].map((start, place) =>
    archive.subarray(start, place === 3 ? archive.length : start + 10_000),
  );
  expect(parts.at(-1)?.length).toBe(end);
  const beginAll = () => Promise.all(parts.map((part) => begin(part.length, { 'upload-concat': 'partial' })));
  // Of two members of a team.
  const locations = await beginAll();
  await new Promise((resolve) => setTimeout(resolve, 10));
  const others = await beginAll();
  for (const [place, part] of parts.entries()) await sendPart(alpha, locations[place] ?? '', part, 0);
  const made = await concatenate(locations);
  expect(made.status).toBe(201);
  const result = await readResult(alpha, made.headers.get('location') ?? '');
  expect(submissionSchema.parse(await result.json()).bundleSizeBytes).toBe(archive.length);
  for (const location of others) expect(await readOffset(alpha, location)).toBe(0);
});
