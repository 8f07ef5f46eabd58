import { createHash } from 'node:crypto';
import { readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, problemSchema, submissionSchema } from '@holdout/contracts';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { buildApp } from '../app.js';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { type SeededCompetition, smallBundleLimitBytes } from '../testing/seed-competition.js';
import type { TestServer } from '../testing/test-server.js';
import { beginPart, beginUpload, readOffset, readResult, sendPart, tusHeaders } from '../testing/upload-parts.js';
import { useUploadServer } from '../testing/use-upload-server.js';
import { UploadStore } from './upload-store.js';

let server: TestServer;
let seeded: SeededCompetition;
let alpha: { url: string; token: string };
let beta: { url: string; token: string };
let archive: Buffer;
useUploadServer((started) => {
  ({ server, seeded, alpha, beta, archive } = started);
});
// No test of this file waits for what another one left.
afterEach(async () => {
  await server.database.deleteFrom('uploads').execute();
  await removeExpired();
  expect(server.logLines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

async function removeExpired(keptMilliseconds?: number): Promise<void> {
  const options = keptMilliseconds === undefined ? {} : { keptMilliseconds };
  const store = await UploadStore.open(server.database, join(server.storageDirectory, 'uploads'), options);
  await store.removeExpired();
  await store.removeLeft();
}

async function begin(options: Partial<Parameters<typeof beginUpload>[1]> = {}): Promise<string> {
  const response = await beginUpload(alpha, { sizeBytes: archive.length, ...options });
  expect(response.status).toBe(201);
  return response.headers.get('location') ?? '';
}

async function expectProblem(response: Response, code: ErrorCode, detail?: RegExp) {
  const problem = problemSchema.parse(await response.json());
  expect(problem).toMatchObject({
    code,
    status: response.status,
    ...(detail ? { detail: expect.stringMatching(detail) } : {}),
  });
}

async function countSubmissions(): Promise<number> {
  return (await server.database.selectFrom('submissions').select('id').execute()).length;
}

const listFiles = () => readdir(join(server.storageDirectory, 'uploads'));

describe('an upload in parts', () => {
  it('becomes the same submission as one that is sent whole, and leaves no file', async () => {
    const metadata = { filename: 'b.zip', name: 'Éclair', stopOnWarning: 'true' };
    const created = await beginUpload(alpha, { sizeBytes: archive.length, metadata });
    const location = created.headers.get('location') ?? '';
    expect(location).toMatch(/^\/api\/competitions\/mura\/phases\/test\/uploads\/[0-9a-f-]{36}$/);
    const expires = Date.parse(created.headers.get('upload-expires') ?? '') - Date.now();
    expect(Math.abs(expires / 3600_000 - 24)).toBeLessThan(0.01);
    expect(created.headers.get('access-control-allow-origin')).toBeNull();

    expect((await sendPart(alpha, location, archive.subarray(0, 40_000), 0)).headers.get('upload-offset')).toBe(
      '40000',
    );
    await expectProblem(await readResult(alpha, location), 'upload_unfinished', /^40000 of \d+ bytes/);
    expect(await readOffset(alpha, location)).toBe(40_000);
    const last = await sendPart(alpha, location, archive.subarray(40_000), 40_000);
    expect([last.status, last.headers.get('upload-offset')]).toEqual([204, String(archive.length)]);

    const result = await readResult(alpha, location);
    expect(result.status).toBe(200);
    expect(submissionSchema.strict().parse(await result.json())).toMatchObject({
      name: 'Éclair',
      team: 'Team <Alpha>',
      phase: 'test',
      state: 'queued',
      stopOnWarning: true,
      bundleDigest: createHash('sha256').update(archive).digest('hex'),
      bundleSizeBytes: archive.length,
    });
    expect(await listFiles()).toEqual([]);
  });

  it('makes one submission, however often its end is asked for', async () => {
    const before = await countSubmissions();
    const location = await begin();
    await sendPart(alpha, location, archive, 0);
    // As a sender that lost the answer: it looks, sends nothing more, and asks.
    expect(await readOffset(alpha, location)).toBe(archive.length);
    expect((await sendPart(alpha, location, new Uint8Array(0), archive.length)).status).toBe(204);
    const results = await Promise.all(Array.from({ length: 6 }, () => readResult(alpha, location)));
    const ids = await Promise.all(results.map(async (result) => submissionSchema.parse(await result.json()).id));
    expect(new Set(ids).size).toBe(1);
    expect(await countSubmissions()).toBe(before + 1);
  });

  it('can be finished while its last part is still open, which is answered as any other then', async () => {
    const location = await begin();
    const sending = beginPart(alpha, location, { offset: 0 });
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sending.on('error', reject).once('response', resolve);
    });
    sending.write(archive);
    const readStatus = async () => (await readResult(alpha, location)).status;
    await expect.poll(readStatus, { timeout: 20_000 }).toBe(200);
    sending.end();
    const { statusCode, headers } = await answer;
    expect([statusCode, headers['upload-offset']]).toEqual([204, String(archive.length)]);
    expect(await listFiles()).toEqual([]);
  });

  it('makes one submission also where two servers finish it at once', async () => {
    const before = await countSubmissions();
    const [first, second] = [await startSecondServer(), await startSecondServer()];
    const location = await begin();
    const { id } = await server.database.selectFrom('uploads').select('id').executeTakeFirstOrThrow();
    // All bytes are there, and nobody has begun with them: as after a crash at the last byte.
    await writeFile(join(server.storageDirectory, 'uploads', id), archive);
    const results = await Promise.all([first, second].map(({ url }) => readResult({ ...alpha, url }, location)));
    const ids = await Promise.all(results.map(async (result) => submissionSchema.parse(await result.json()).id));
    await first.close();
    await second.close();
    expect(ids[0]).toEqual(expect.any(String));
    expect(ids[1]).toBe(ids[0]);
    expect(await countSubmissions()).toBe(before + 1);
  });

  it('is told every reason where its bundle is refused, again and again', async () => {
    const bad = await packFiles({ ...tfjsFiles(), 'holdout.json': JSON.stringify({ engine: 'tfjs', treshold: 1 }) });
    const location = await begin({ sizeBytes: bad.length });
    expect((await sendPart(alpha, location, bad, 0)).status).toBe(204);
    const direct = await server.request('/api/competitions/mura/phases/test/submissions', {
      method: 'POST',
      token: alpha.token,
      headers: { 'content-type': 'application/zip' },
      body: new Uint8Array(bad),
    });
    const { instance: _, ...expected } = problemSchema.parse(await direct.json());
    for (let time = 0; time < 2; time += 1) {
      const result = await readResult(alpha, location);
      expect(result.status).toBe(422);
      expect(await result.json()).toMatchObject(expected);
    }
    expect(await listFiles()).toEqual([]);
  });

  it('can come with its creation, and can be given up', async () => {
    const headers = { ...tusHeaders(alpha.token), 'content-type': 'application/offset+octet-stream' };
    const created = await fetch(`${alpha.url}/api/competitions/mura/phases/test/uploads`, {
      method: 'POST',
      headers: { ...headers, 'upload-length': String(archive.length) },
      body: new Uint8Array(archive.subarray(0, 1000)),
    });
    expect([created.status, created.headers.get('upload-offset')]).toEqual([201, '1000']);
    const location = created.headers.get('location') ?? '';
    const given = await fetch(alpha.url + location, { method: 'DELETE', headers: tusHeaders(alpha.token) });
    expect(given.status).toBe(204);
    await expect(readOffset(alpha, location)).rejects.toThrow('404');
    expect(await listFiles()).toEqual([]);
  });
});

/** Another API on the same database and the same files. */
async function startSecondServer() {
  const uploadsDirectory = join(server.storageDirectory, 'uploads');
  const app = await buildApp({
    ...server,
    uploadsDirectory,
    logger: pino({ level: 'silent' }),
  });
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
}

describe('what is refused', () => {
  it('without a token before a byte is read; to another team as if it were not there', async () => {
    const location = await begin();
    for (const token of ['', 'nobody']) {
      expect((await beginUpload({ ...alpha, token }, { sizeBytes: 10 })).status).toBe(401);
      expect((await sendPart({ ...alpha, token }, location, archive, 0)).status).toBe(401);
    }
    await expectProblem(await sendPart(beta, location, archive, 0), 'upload_not_found');
    await expect(readOffset(beta, location)).rejects.toThrow('404');
    expect((await readResult(beta, location)).status).toBe(404);
    const removal = { method: 'DELETE', headers: tusHeaders(beta.token) };
    expect((await fetch(beta.url + location, removal)).status).toBe(404);
    const elsewhere = location.replace('/test/', '/practice/');
    expect((await sendPart(alpha, elsewhere, archive, 0)).status).toBe(404);
    expect((await beginUpload({ ...alpha, token: seeded.organiser.token }, { sizeBytes: 10 })).status).toBe(403);
    expect(await readOffset(alpha, location)).toBe(0);
  });

  it('what is too large at its creation, in the words of the plain upload', async () => {
    const sizeBytes = smallBundleLimitBytes + 1;
    const refused = await beginUpload(alpha, { sizeBytes, phase: 'practice' });
    await expectProblem(refused, 'upload_too_large', /^It has 200001 B; it may have 200000 B\.$/);
    expect((await beginUpload(alpha, { sizeBytes: sizeBytes - 1, phase: 'practice' })).status).toBe(201);
  });

  it('by the quota: at its creation, and again at its end', async () => {
    const location = await begin();
    await server.database.updateTable('phases').set({ quotaTotal: 1 }).where('slug', '=', 'test').execute();
    const before = await countSubmissions();
    expect(before).toBeGreaterThan(0);
    try {
      await expectProblem(await beginUpload(alpha, { sizeBytes: 10 }), 'quota_exceeded', /in all are used/);
      await sendPart(alpha, location, archive, 0);
      const told = await readResult(alpha, location);
      const { sentences } = problemSchema.parse(await told.clone().json());
      expect(sentences).toMatchObject([{ name: 'quota_total', values: { limit: 1 } }]);
      await expectProblem(told, 'quota_exceeded', /in all are used/);
      expect(await countSubmissions()).toBe(before);
    } finally {
      await server.database.updateTable('phases').set({ quotaTotal: null }).execute();
    }
  });

  it.each([
    [{ name: 'x'.repeat(200) }, /Upload-Metadata\.name/],
    [{ stopOnWarning: 'perhaps' }, /Upload-Metadata\.stopOnWarning/],
    [{ treshold: '1' }, /treshold/],
    [{ filename: 'a\0b' }, /NUL/],
  ])('metadata that means nothing: %j', async (metadata, detail) => {
    await expectProblem(await beginUpload(alpha, { sizeBytes: 10, metadata }), 'request_invalid', detail);
  });

  it.each([
    ['request_invalid', { 'upload-length': '-1' }],
    ['request_invalid', { 'upload-length': '1e3' }],
    ['request_invalid', { 'tus-resumable': '0.2.2' }],
    ['upload_protocol_unknown', { 'tus-resumable': '' }],
    ['request_invalid', { 'upload-metadata': 'name not-base64!' }],
    ['request_invalid', { 'upload-concat': 'final' }],
    ['request_invalid', { 'upload-concat': 'final;' }],
    ['request_invalid', { 'upload-checksum': 'crc32 AAAA' }],
  ] as const)('as %s a creation with %j', async (code, headers) => {
    await expectProblem(await beginUpload(alpha, { sizeBytes: 10, headers }), code);
  });

  it('what would fill the disk', async () => {
    await server.database
      .updateTable('phases')
      .set({ bundleSizeBytes: Number.MAX_SAFE_INTEGER })
      .where('slug', '=', 'practice')
      .execute();
    try {
      const refused = await beginUpload(alpha, { sizeBytes: Number.MAX_SAFE_INTEGER, phase: 'practice' });
      await expectProblem(refused, 'storage_full');
    } finally {
      server.logLines.length = 0;
      await server.database
        .updateTable('phases')
        .set({ bundleSizeBytes: smallBundleLimitBytes })
        .where('slug', '=', 'practice')
        .execute();
    }
  });
});

describe('a part', () => {
  it('that begins elsewhere changes nothing', async () => {
    const location = await begin();
    await sendPart(alpha, location, archive.subarray(0, 500), 0);
    for (const offset of [0, 499, 501, archive.length]) {
      await expectProblem(await sendPart(alpha, location, archive, offset), 'upload_offset_wrong');
    }
    expect(await readOffset(alpha, location)).toBe(500);
  });

  it('that goes on after the end is refused by its announced length, and while it comes', async () => {
    const location = await begin({ sizeBytes: 1000 });
    await expectProblem(await sendPart(alpha, location, new Uint8Array(1001), 0), 'upload_too_large');
    expect(await readOffset(alpha, location)).toBe(0);
    const sending = beginPart(alpha, location, { offset: 0 });
    const status = new Promise((resolve) => sending.once('response', (response) => resolve(response.statusCode)));
    sending.write(Buffer.alloc(900));
    setTimeout(() => sending.end(Buffer.alloc(900)), 100);
    expect(await status).toBe(413);
    expect(await readOffset(alpha, location)).toBeLessThan(1000);
  });

  it('that breaks off keeps what came, and the rest can follow', async () => {
    const location = await begin();
    const sending = beginPart(alpha, location, { offset: 0, announcedBytes: archive.length });
    sending.write(archive.subarray(0, 60_000));
    await expect.poll(() => readSize(location), { timeout: 10_000 }).toBe(60_000);
    sending.destroy();
    expect(await readOffset(alpha, location)).toBe(60_000);
    expect((await sendPart(alpha, location, archive.subarray(60_000), 60_000)).status).toBe(204);
    expect((await readResult(alpha, location)).status).toBe(200);
  });

  it('that stalls is ended when its sender is back on another connection', async () => {
    const location = await begin();
    const stalled = beginPart(alpha, location, { offset: 0, announcedBytes: archive.length });
    stalled.write(archive.subarray(0, 60_000));
    await expect.poll(() => readSize(location), { timeout: 10_000 }).toBe(60_000);
    const offset = await readOffset(alpha, location);
    expect(offset).toBe(60_000);
    expect((await sendPart(alpha, location, archive.subarray(offset), offset)).status).toBe(204);
    expect((await readResult(alpha, location)).status).toBe(200);
    stalled.destroy();
  });

  it('that is refused is taken off the line, so that the connection can be used again', async () => {
    const location = await begin({ sizeBytes: 1000 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const options = {
      method: 'PATCH',
      agent,
      headers: { ...tusHeaders(alpha.token), 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    };
    const ports: (number | undefined)[] = [];
    for (let time = 0; time < 2; time += 1) {
      const sending = httpRequest(alpha.url + location, options);
      sending.write(Buffer.alloc(8_000_000));
      sending.end();
      await new Promise<void>((resolve, reject) => {
        sending.on('error', reject).on('response', (response) => {
          expect(response.statusCode).toBe(413);
          ports.push(response.socket.localPort);
          response.resume().on('end', resolve);
        });
      });
    }
    agent.destroy();
    expect(ports[1]).toBe(ports[0]);
  });
});

describe('bytes that are not as many as were announced', () => {
  const expectDamage = async (location: string) => {
    for (let time = 0; time < 2; time += 1) await expectProblem(await readResult(alpha, location), 'upload_damaged');
    const lines = server.logLines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
    const logged = { msg: 'the bytes of an upload are not as many as were announced', uploadId: expect.any(String) };
    expect(lines).toContainEqual(expect.objectContaining(logged));
    server.logLines.length = 0;
  };

  it('become no submission, however often its end is asked for, and do when they are right again', async () => {
    const before = await countSubmissions();
    const location = await begin();
    // As a disk that has something of another file in this one.
    await writeFile(pathOf(location), Buffer.concat([archive, Buffer.alloc(1)]));
    await expectDamage(location);
    expect(await countSubmissions()).toBe(before);
    await truncate(pathOf(location), archive.length);
    expect((await readResult(alpha, location)).status).toBe(200);
  });

  it('nor where they are put together from such ones', async () => {
    const before = await countSubmissions();
    const half = Math.ceil(archive.length / 2);
    const parts = [archive.subarray(0, half), archive.subarray(half)];
    const headers = { 'upload-concat': 'partial' };
    const locations = await Promise.all(parts.map(({ length }) => begin({ sizeBytes: length, headers })));
    for (const [place, part] of parts.entries()) await sendPart(alpha, locations[place] ?? '', part, 0);
    const [first = ''] = locations;
    await truncate(pathOf(first), half + 1);
    const made = await fetch(`${alpha.url}/api/competitions/mura/phases/test/uploads`, {
      method: 'POST',
      headers: { ...tusHeaders(alpha.token), 'upload-concat': `final;${locations.join(' ')}` },
    });
    expect(made.status).toBe(201);
    const location = made.headers.get('location') ?? '';
    await expectDamage(location);
    await truncate(pathOf(first), half - 1);
    await expectDamage(location);
    expect(await countSubmissions()).toBe(before);
    await writeFile(pathOf(first), parts[0] ?? '');
    expect((await readResult(alpha, location)).status).toBe(200);
  });
});

describe('what nobody finishes', () => {
  it('is removed when its time is up, and so is the result of what was finished', async () => {
    const gap = 10_000;
    const idOf = (location: string) => location.split('/').at(-1) ?? '';
    const [old, late] = [await begin(), await begin()];
    await sendPart(alpha, old, archive.subarray(0, 10), 0);
    await sleep(gap);
    const between = performance.now() - gap / 2;
    const fresh = await begin();
    await sendPart(alpha, late, archive, 0);
    // As each hour.
    await removeExpired(performance.now() - between);
    await expect(readOffset(alpha, old)).rejects.toThrow('404');
    expect(await listFiles()).toEqual([idOf(fresh)]);
    expect((await readResult(alpha, late)).status).toBe(200);
    await removeExpired(0);
    expect((await readResult(alpha, late)).status).toBe(404);
    expect(await listFiles()).toEqual([]);
  });

  it('is not there where its file was lost', async () => {
    const location = await begin();
    await rm(join(server.storageDirectory, 'uploads', location.split('/').at(-1) ?? ''));
    await expectProblem(await readResult(alpha, location), 'upload_not_found');
    await expectProblem(await sendPart(alpha, location, archive, 0), 'upload_not_found');
    expect((await fetch(alpha.url + location, { method: 'DELETE', headers: tusHeaders(alpha.token) })).status).toBe(
      204,
    );
  });

  it('makes way where its team begins a ninth', async () => {
    const locations: string[] = [];
    for (let count = 0; count < 9; count += 1) locations.push(await begin());
    await expect(readOffset(alpha, locations[0] ?? '')).rejects.toThrow('404');
    for (const location of locations.slice(1)) expect(await readOffset(alpha, location)).toBe(0);
    expect(await listFiles()).toHaveLength(8);
  });
});

function pathOf(location: string): string {
  return join(server.storageDirectory, 'uploads', location.split('/').at(-1) ?? '');
}

async function readSize(location: string): Promise<number> {
  return (await stat(pathOf(location))).size;
}
