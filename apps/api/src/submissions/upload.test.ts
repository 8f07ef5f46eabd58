import { readdir } from 'node:fs/promises';
import { Agent, type ClientRequest, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { problemSchema, showSize, submissionSchema } from '@holdout/contracts';
import { createQueue, type Queue } from '@holdout/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { type SeededCompetition, seedCompetition, smallBundleLimitBytes } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let seeded: SeededCompetition;
let archive: Buffer;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  archive = await packFiles(tfjsFiles());
});
afterAll(() => server.close());

const toTest = '/api/competitions/mura/phases/test/submissions';
const toPractice = '/api/competitions/mura/phases/practice/submissions';

async function countSubmissions(): Promise<number> {
  return (await server.database.selectFrom('submissions').select('id').execute()).length;
}

describe('an upload that is refused before its end', () => {
  // More than any buffer on the way holds: what is not read off the line blocks it.
  const large = Buffer.alloc(40 * smallBundleLimitBytes, 7);
  const chunked = { 'content-type': 'application/zip' };
  const announced = { ...chunked, 'content-length': String(large.length) };
  const form = { 'content-type': 'multipart/form-data; boundary=cut' };
  const partHead = '--cut\r\ncontent-disposition: form-data; name="b"; filename="b.zip"\r\n\r\n';
  const inForm = Buffer.concat([Buffer.from(partHead), large, Buffer.from('\r\n--cut--\r\n')]);

  it.each([
    ['by its announced length', announced, large],
    ['while it comes', chunked, large],
    ['in a form, by its announced length', { ...form, 'content-length': String(inForm.length) }, inForm],
    ['in a form, while it comes', form, inForm],
  ])('is told so %s, and its connection can be used again', async (_how, headers, body) => {
    const before = await countSubmissions();
    const answer = await send(headers, body, seeded.alpha.token);
    expect(answer.status).toBe(413);
    expect(problemSchema.parse(JSON.parse(answer.body))).toMatchObject({
      code: 'upload_too_large',
      detail: expect.stringContaining(showSize(smallBundleLimitBytes)),
    });
    expect(answer.usedAgain).toBe(true);
    expect(await countSubmissions()).toBe(before);
  });

  it('is told so where its token is unknown', async () => {
    const answer = await send(chunked, large, 'nobody');
    expect(answer.status).toBe(401);
    expect(answer.usedAgain).toBe(true);
  });
});

describe('an upload that ends too early', () => {
  it.each([
    ['with an announced length', { 'content-type': 'application/zip', 'content-length': '100000' }, 'PK'],
    ['without one', { 'content-type': 'application/zip' }, 'PK'],
    [
      'in a form',
      { 'content-type': 'multipart/form-data; boundary=cut' },
      '--cut\r\ncontent-disposition: form-data; name="b"; filename="b.zip"\r\n\r\nhalf a file',
    ],
    ['in a form, before its file', { 'content-type': 'multipart/form-data; boundary=cut' }, '--cu'],
  ])('leaves nothing behind %s, and is no error of ours', async (_how, headers, beginning) => {
    const before = await countSubmissions();
    const logged = server.logLines.length;
    const log = () => server.logLines.slice(logged);
    const sending = httpRequest(`${server.url}${toTest}`, { method: 'POST', agent: false, headers: asAlpha(headers) });
    const gone = new Promise((resolve) => sending.on('error', () => {}).on('close', resolve));
    sending.write(beginning);
    await expect.poll(() => log().some((line) => line.includes('incoming request')), { timeout: 20_000 }).toBe(true);
    sending.destroy();
    await gone;
    await expect.poll(() => log().some((line) => line.includes('upload_incomplete')), { timeout: 20_000 }).toBe(true);
    expect(log().filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
    expect(await countSubmissions()).toBe(before);
    expect(await readdir(join(server.storageDirectory, 'unfinished'))).toEqual([]);
  });
});

describe('while the queue is down', () => {
  let down: TestServer;
  let downQueue: Queue;
  beforeAll(async () => {
    // Nothing listens on port 1: a real client that finds no real server.
    downQueue = await createQueue({ redisUrl: 'redis://127.0.0.1:1' });
    down = await startTestServer({ queue: downQueue });
  });
  afterAll(async () => {
    await down.close();
    await downQueue.close();
  });

  it('a submission is taken all the same and stays queued', async () => {
    const teams = await seedCompetition(down);
    const response = await down.request(toTest, {
      method: 'POST',
      body: new Uint8Array(archive),
      token: teams.alpha.token,
      headers: { 'content-type': 'application/zip' },
    });
    expect(response.status).toBe(201);
    expect(submissionSchema.parse(await response.json()).state).toBe('queued');
    expect(down.logLines.join('')).toContain('the submission stays queued');
  });
});

interface Answer {
  status: number;
  body: string;
  /** Whether a second request was answered on the same connection. */
  usedAgain: boolean;
}

function asAlpha(headers: Record<string, string>): Record<string, string> {
  return { ...headers, authorization: `Bearer ${seeded.alpha.token}` };
}

/** Sends a body as curl does, reads the answer, and then asks something else on the same connection. */
async function send(headers: Record<string, string>, body: Buffer, token: string): Promise<Answer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const address = `${server.url}${toPractice}`;
  const upload = httpRequest(address, {
    method: 'POST',
    agent,
    headers: { ...headers, authorization: `Bearer ${token}` },
  });
  // In two steps, or Node would announce the length by itself.
  upload.write(body);
  upload.end();
  const { status, text, port } = await readAnswer(upload);
  const second = httpRequest(`${server.url}/api/health/live`, { agent });
  second.end();
  const again = await readAnswer(second);
  agent.destroy();
  return { status, body: text, usedAgain: again.port === port && again.status === 200 };
}

function readAnswer(sending: ClientRequest): Promise<{ status: number; text: string; port: number | undefined }> {
  return new Promise((resolve, reject) => {
    sending.on('error', reject).on('response', (response) => {
      let text = '';
      const port = response.socket.localPort;
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, port }));
    });
  });
}
