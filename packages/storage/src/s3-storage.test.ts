import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyOf } from './blob-names.js';
import { createS3Client, type S3Options } from './s3-client.js';
import { createS3Storage } from './s3-storage.js';
import { describeStorage } from './storage-behaviour.js';
import { startS3Server, type TestS3 } from './testing/start-s3-server.js';

let server: TestS3;
beforeAll(async () => {
  server = await startS3Server();
}, 60_000);
afterAll(() => server.stop());

async function countIn(options: S3Options): Promise<number> {
  const client = createS3Client(options);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: options.bucket }));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }));
  return Contents.length + Uploads.length;
}

describeStorage('on S3', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-storage-'));
  const options = { ...(await server.createBucket()), prefix: 'some/where/' };
  return {
    storage: await createS3Storage({ ...options, directory }),
    openAgain: () => createS3Storage({ ...options, directory }),
    countFiles: async () => (await countIn(options)) + (await readdir(join(directory, 'unfinished'))).length,
    async damage(digest, bytes) {
      const Key = `${options.prefix}blobs/${keyOf(digest)}`;
      await createS3Client(options).send(new PutObjectCommand({ Bucket: options.bucket, Key, Body: bytes }));
    },
    async lose(digest) {
      const Key = `${options.prefix}blobs/${keyOf(digest)}`;
      await createS3Client(options).send(new DeleteObjectCommand({ Bucket: options.bucket, Key }));
    },
    async mark(digest, state) {
      const mark = { Bucket: options.bucket, Key: `${options.prefix}removing/${digest}`, Body: Buffer.alloc(0) };
      await createS3Client(options).send(state === 'set' ? new PutObjectCommand(mark) : new DeleteObjectCommand(mark));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});

type Fault = (request: IncomingMessage, response: ServerResponse) => 'pass' | 'done';

/** A link to the server that can be broken. */
async function startFaultyLink(options: S3Options) {
  const link = { fault: (() => 'pass') as Fault, options, requests: [] as string[] };
  const { hostname, port } = new URL(options.endpoint ?? '');
  const proxy = createServer((request, response) => {
    link.requests.push(`${request.method} ${request.url}`);
    if (link.fault(request, response) === 'done') return;
    const { method, url, headers } = request;
    const upstream = httpRequest({ agent: false, hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    request.on('error', () => upstream.destroy()).pipe(upstream);
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  link.options = { ...options, endpoint: `http://127.0.0.1:${address.port}`, silenceMilliseconds: 20_000 };
  return Object.assign(link, {
    close: () => {
      proxy.closeAllConnections();
      proxy.close();
    },
  });
}

const answer =
  (status: number, code: string): Fault =>
  (request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
    return 'done';
  };
const stall: Fault = (request) => {
  request.resume();
  return 'done';
};
const hangUp: Fault = (request) => {
  request.socket.destroy();
  return 'done';
};

describe('an S3 that fails', () => {
  const bytes = randomBytes(20_000_000);
  let directory: string;
  let link: Awaited<ReturnType<typeof startFaultyLink>>;
  let storage: Awaited<ReturnType<typeof createS3Storage>>;
  let direct: S3Options;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdout-storage-'));
    direct = await server.createBucket();
    link = await startFaultyLink(direct);
    storage = await createS3Storage({ ...link.options, directory });
  });
  /** Waits for a silent service no longer than a test can. Only where one is silent: a busy one may take longer. */
  const openHasty = () => createS3Storage({ ...link.options, silenceMilliseconds: 700, directory });
  afterEach(async () => {
    link.close();
    await rm(directory, { recursive: true, force: true });
  });
  const countFiles = async () => (await countIn(direct)) + (await readdir(join(directory, 'unfinished'))).length;

  it.each([
    ['is forbidden', answer(403, 'AccessDenied'), 'storage_unavailable'],
    ['is overloaded', answer(503, 'SlowDown'), 'storage_unavailable'],
    ['breaks', answer(500, 'InternalError'), 'storage_unavailable'],
    ['is full', answer(507, 'InsufficientStorage'), 'storage_full'],
    ['is silent', stall, 'storage_unavailable'],
    ['hangs up', hangUp, 'storage_unavailable'],
  ])('%s: every function says so, and nothing stays', { timeout: 60_000 }, async (_what, fault, code) => {
    const { digest } = await storage.put(once(bytes.subarray(0, 1000)));
    const asked = fault === stall ? await openHasty() : storage;
    link.fault = fault;
    const refused = { code };
    await expect(asked.put(once(bytes.subarray(0, 2000)))).rejects.toMatchObject(refused);
    await expect(asked.put(once(bytes))).rejects.toMatchObject(refused);
    await expect(asked.open(digest)).rejects.toMatchObject(refused);
    await expect(asked.has(digest)).rejects.toMatchObject(refused);
    await expect(asked.materialise(digest, join(directory, 'target'))).rejects.toMatchObject(refused);
    await expect(asked.health()).rejects.toMatchObject(refused);
    link.fault = () => 'pass';
    expect(await countFiles()).toBe(1);
    expect(await readdir(directory)).toEqual(['unfinished']);
    expect((await storage.put(once(bytes))).sizeBytes).toBe(bytes.length);
  });

  it('in the middle of many parts leaves none of them, and no object', { timeout: 60_000 }, async () => {
    link.fault = (request, response) =>
      request.url?.includes('partNumber=3') ? answer(500, 'InternalError')(request, response) : 'pass';
    await expect(storage.put(once(bytes))).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(link.requests.some((line) => line.includes('partNumber=1'))).toBe(true);
    expect(await countFiles()).toBe(0);
  });

  it.each([
    ['breaks off', (response: ServerResponse) => response.destroy()],
    ['falls silent', () => {}],
  ])('and %s in the middle of a blob never passes it off as whole', { timeout: 60_000 }, async (what, then) => {
    const { digest } = await storage.put(once(bytes));
    const asked = what === 'falls silent' ? await openHasty() : storage;
    link.fault = (request, response) => {
      if (request.method !== 'GET') return 'pass';
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1_000_000), () => then(response));
      return 'done';
    };
    const unavailable = { code: 'storage_unavailable' };
    await expect(asked.open(digest).then(buffer)).rejects.toMatchObject(unavailable);
    const target = join(directory, 'target');
    await expect(asked.materialise(digest, target)).rejects.toMatchObject(unavailable);
    await expect(readFile(target)).rejects.toThrow('ENOENT');
    await writeFile(target, 'mine');
    await expect(storage.materialise(digest, target)).rejects.toThrow();
    expect(await readFile(target, 'utf8')).toBe('mine');
  });

  it('for a moment is asked again', async () => {
    let failed = 0;
    link.fault = (request, response) => {
      if (failed >= 2) return 'pass';
      failed += 1;
      return answer(503, 'SlowDown')(request, response);
    };
    const { digest } = await storage.put(once(bytes.subarray(0, 1000)));
    expect(failed).toBe(2);
    expect(await storage.has(digest)).toBe(true);
  });

  it.each([
    ['does not exist', { bucket: 'nobody-made-this' }, /nobody-made-this” at .* does not exist.*HOLDOUT_S3_BUCKET/],
    [
      'may not be used',
      { credentials: { accessKeyId: 'test:holdout', secretAccessKey: 'x' } },
      /may not be used.*HOLDOUT_S3_ACCESS/,
    ],
    ['is not there', { endpoint: 'http://127.0.0.1:1' }, /can’t be reached.*HOLDOUT_S3_ENDPOINT/],
  ])('at the start, as a bucket that %s, is named', async (_what, wrong, sentence) => {
    await expect(createS3Storage({ ...direct, ...wrong, directory })).rejects.toThrow(sentence);
  });
});

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
