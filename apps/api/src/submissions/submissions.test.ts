import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { type Problem, problemSchema, type Submission, submissionSchema } from '@holdout/contracts';
import { createQueue, type Queue } from '@holdout/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { type SeededCompetition, seedCompetition, smallBundleLimitBytes } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

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

interface PostOptions {
  path?: string;
  token?: string;
  contentType?: string;
}

function post(body: Buffer, { path = toTest, token = seeded.alpha.token, contentType }: PostOptions = {}) {
  const headers = { 'content-type': contentType ?? 'application/octet-stream' };
  return server.request(path, { method: 'POST', body: new Uint8Array(body), token, headers });
}

async function submit(body: Buffer, options: PostOptions = {}): Promise<Submission> {
  const response = await post(body, options);
  expect(response.status).toBe(201);
  return submissionSchema.strict().parse(await response.json());
}

async function refusal(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

async function countSubmissions(): Promise<number> {
  return (await server.database.selectFrom('submissions').select('id').execute()).length;
}

function read(id: string, token: string) {
  return server.request(`/api/submissions/${id}`, { token });
}

describe('submitting a bundle', () => {
  it('answers 201 with what the bundle says, and keeps its bytes under their digest', async () => {
    const response = await post(archive);
    expect(response.status).toBe(201);
    const submission = submissionSchema.strict().parse(await response.json());
    expect(response.headers.get('location')).toBe(`/api/submissions/${submission.id}`);
    expect(submission).toMatchObject({
      competition: 'mura',
      phase: 'test',
      team: 'Team <Alpha>',
      name: 'Tiny',
      engine: 'tfjs',
      state: 'queued',
      bundleDigest: createHash('sha256').update(archive).digest('hex'),
      bundleSizeBytes: archive.length,
      progress: null,
      reason: null,
      score: null,
    });
    expect(Object.keys(submission.times)).toEqual(['queued']);
    expect(await server.storage.has(submission.bundleDigest)).toBe(true);
    const again = await read(submission.id, seeded.alpha.token);
    expect(await again.json()).toEqual(submission);
  });

  it.each(['application/zip', 'application/gzip', 'application/x-gzip'])(
    'takes %s as the body',
    async (contentType) => {
      await submit(archive, { contentType });
    },
  );

  it('takes a file of a multipart form, with the fields that describe it', async () => {
    const form = new FormData();
    form.set('name', 'From a form');
    form.set('bundle', new Blob([new Uint8Array(archive)]), 'bundle.zip');
    form.set('description', 'after the file');
    const response = await server.request(toTest, { method: 'POST', body: form, token: seeded.alpha.token });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      name: 'From a form',
      description: 'after the file',
      bundleSizeBytes: archive.length,
    });
  });

  it('takes a name and a link in the address', async () => {
    const query = new URLSearchParams({ name: 'Éclair <b>', link: 'https://example.org/a?b=c' });
    const submission = await submit(archive, { path: `${toTest}?${query}` });
    expect(submission).toMatchObject({ name: 'Éclair <b>', link: 'https://example.org/a?b=c', description: null });
  });

  it('makes two submissions of one bundle that is sent twice', async () => {
    const [first, second] = await Promise.all([submit(archive), submit(archive)]);
    expect(first.id).not.toBe(second.id);
    expect(first.bundleDigest).toBe(second.bundleDigest);
  });

  it('rings for exactly the evaluation that was made', async () => {
    const heard: string[] = [];
    const worker = server.queue.workEvaluations(async ({ evaluationId }) => {
      heard.push(evaluationId);
    });
    const { id } = await submit(archive);
    const { evaluationId } = await server.database
      .selectFrom('evaluations')
      .select('id as evaluationId')
      .where('submissionId', '=', id)
      .executeTakeFirstOrThrow();
    await expect.poll(() => heard.filter((one) => one === evaluationId).length, { timeout: 20_000 }).toBe(1);
    await worker.close();
  });

  it('is not for organisers', async () => {
    const problem = await refusal(await post(archive, { token: seeded.organiser.token }));
    expect(problem.code).toBe('not_allowed');
  });
});

describe('a bundle that is refused', () => {
  it('is told every reason at once, and leaves no submission', async () => {
    const before = await countSubmissions();
    const files = tfjsFiles({ engine: 'tfjs', threshold: 7, studyAggregation: 'median' });
    const response = await post(await packFiles(files));
    expect(response.status).toBe(422);
    const problem = await refusal(response);
    expect(problem.code).toBe('manifest_invalid');
    const fields = problem.problems?.map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(['threshold', 'studyAggregation']));
    expect(await countSubmissions()).toBe(before);
  });

  it.each([
    ['no archive at all', Buffer.from('hello, this is no archive'), 'archive_unreadable'],
    ['nothing', Buffer.alloc(0), 'archive_unreadable'],
  ])('says so of %s', async (_what, body, code) => {
    const before = await countSubmissions();
    const response = await post(body);
    expect(response.status).toBe(422);
    expect((await refusal(response)).code).toBe(code);
    expect(await countSubmissions()).toBe(before);
  });

  it('says so of half an archive', async () => {
    const problem = await refusal(await post(archive.subarray(0, archive.length - 30)));
    expect(problem.code).toMatch(/^archive_(truncated|unreadable)$/);
  });

  it('says so of an archive without a manifest, and of one whose weights are missing', async () => {
    const { 'holdout.json': _, ...withoutManifest } = tfjsFiles();
    expect((await refusal(await post(await packFiles(withoutManifest)))).code).toBe('manifest_missing');
    const { 'group1-shard1of1.bin': __, ...withoutWeights } = tfjsFiles();
    expect((await refusal(await post(await packFiles(withoutWeights)))).code).toBe('model_shard_invalid');
  });

  it('says so of an engine that this server does not have yet', async () => {
    const files = { 'holdout.json': JSON.stringify({ name: 'C', engine: 'command', command: ['python', 'run.py'] }) };
    expect((await refusal(await post(await packFiles(files)))).code).toBe('engine_unavailable');
  });

  it('says so of text that a database can’t hold', async () => {
    const problem = await refusal(await post(await packFiles(tfjsFiles({ name: 'a\u0000b' }))));
    expect(problem.status).toBe(422);
    expect(problem.code).toBe('manifest_invalid');
  });

  it('says which field of a form is wrong', async () => {
    const form = new FormData();
    form.set('link', 'javascript:alert(1)');
    form.set('bundle', new Blob([new Uint8Array(archive)]), 'bundle.zip');
    const response = await server.request(toTest, { method: 'POST', body: form, token: seeded.alpha.token });
    expect(response.status).toBe(400);
    expect((await refusal(response)).problems?.[0]?.field).toBe('form.link');
  });

  it('says that a form needs a file, and only one', async () => {
    const empty = new FormData();
    empty.set('name', 'x');
    const without = await server.request(toTest, { method: 'POST', body: empty, token: seeded.alpha.token });
    expect(without.status).toBe(400);
    const two = new FormData();
    two.set('a', new Blob([new Uint8Array(archive)]), 'a.zip');
    two.set('b', new Blob([new Uint8Array(archive)]), 'b.zip');
    const both = await server.request(toTest, { method: 'POST', body: two, token: seeded.alpha.token });
    expect(both.status).toBe(400);
    expect((await refusal(both)).code).toBe('request_invalid');
  });

  it('says so where there is no body, or one of a type that can’t be read', async () => {
    const nothing = await server.request(toTest, { method: 'POST', token: seeded.alpha.token });
    expect((await refusal(nothing)).code).toBe('media_type_unsupported');
    const text = await post(archive, { contentType: 'text/html' });
    expect((await refusal(text)).code).toBe('media_type_unsupported');
  });

  it('goes to a phase that exists', async () => {
    const problem = await refusal(await post(archive, { path: '/api/competitions/mura/phases/none/submissions' }));
    expect(problem.code).toBe('phase_not_found');
  });
});

describe('an upload that is too large', () => {
  const large = Buffer.alloc(smallBundleLimitBytes + 1, 7);

  it('is refused by its announced length', async () => {
    const response = await post(large, { path: toPractice });
    expect(response.status).toBe(413);
    expect(await refusal(response)).toMatchObject({
      code: 'upload_too_large',
      detail: expect.stringContaining(String(smallBundleLimitBytes)),
    });
  });

  it('is refused while it comes, where its length is not announced, and the answer arrives', async () => {
    const answer = await streamUpload(Array.from({ length: 40 }, () => Buffer.alloc(smallBundleLimitBytes / 10)));
    expect(answer.status).toBe(413);
    expect(problemSchema.parse(JSON.parse(answer.body)).code).toBe('upload_too_large');
    expect(answer.usedAgain).toBe(true);
  });

  it('is refused in a form', async () => {
    const form = new FormData();
    form.set('bundle', new Blob([new Uint8Array(large)]), 'bundle.zip');
    const response = await server.request(toPractice, { method: 'POST', body: form, token: seeded.alpha.token });
    expect(response.status).toBe(413);
    expect((await refusal(response)).code).toBe('upload_too_large');
  });
});

describe('an upload that ends too early', () => {
  it('leaves nothing behind, and the log says what it was', async () => {
    const before = await countSubmissions();
    const logged = server.logLines.length;
    await cutUpload({ 'content-type': 'application/zip', 'content-length': '100000' }, archive.subarray(0, 100));
    await cutUpload({ 'content-type': 'application/zip' }, archive.subarray(0, 100));
    await cutUpload(
      { 'content-type': 'multipart/form-data; boundary=cut' },
      Buffer.from('--cut\r\ncontent-disposition: form-data; name="b"; filename="b.zip"\r\n\r\nhalf a file'),
    );
    const refusals = () => server.logLines.slice(logged).filter((line) => line.includes('upload_incomplete')).length;
    await expect.poll(refusals, { timeout: 10_000 }).toBe(3);
    expect(server.logLines.slice(logged).filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
    expect(await countSubmissions()).toBe(before);
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

describe('a submission', () => {
  it('is read by its team and by organisers; for others there is none', async () => {
    const { id } = await submit(archive);
    expect((await read(id, seeded.alpha.token)).status).toBe(200);
    expect((await read(id, seeded.organiser.token)).status).toBe(200);
    for (const path of [`/api/submissions/${id}`, `/api/submissions/${id}/events`]) {
      const other = await server.request(path, { token: seeded.beta.token });
      expect(other.status).toBe(404);
      expect((await refusal(other)).code).toBe('submission_not_found');
    }
    const cancel = await server.request(`/api/submissions/${id}/cancel`, { method: 'POST', token: seeded.beta.token });
    expect(cancel.status).toBe(404);
    expect((await refusal(await read('no-id', seeded.alpha.token))).code).toBe('submission_not_found');
  });

  it('is cancelled once', async () => {
    const { id } = await submit(archive);
    const cancel = () => server.request(`/api/submissions/${id}/cancel`, { method: 'POST', token: seeded.alpha.token });
    const cancelled = submissionSchema.parse(await (await cancel()).json());
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.times.cancelled).toBeDefined();
    const again = await cancel();
    expect(again.status).toBe(409);
    expect(await refusal(again)).toMatchObject({ code: 'submission_final', detail: 'It is cancelled.' });
  });

  it('shows its score whole in a public phase, and without counts and rounded in a hidden one', async () => {
    const open = await submit(archive, { path: toPractice });
    const hidden = await submit(archive);
    await walkEvaluation(server.database, open.id);
    await walkEvaluation(server.database, hidden.id, ['XR_WRIST/patient00002/study1']);
    const openNow = submissionSchema.parse(await (await read(open.id, seeded.alpha.token)).json());
    expect(openNow.score?.overall.counts).toEqual({
      truePositive: 1,
      falsePositive: 0,
      trueNegative: 1,
      falseNegative: 0,
    });
    const text = await (await read(hidden.id, seeded.alpha.token)).text();
    const hiddenNow = submissionSchema.parse(JSON.parse(text));
    expect(hiddenNow.state).toBe('scored');
    expect(hiddenNow.score?.overall.counts).toBeNull();
    // Gold 0, 1, 1, 0 and one of the two abnormal missed: F1 is 2/3.
    expect(hiddenNow.score?.overall.f1).toEqual({ value: 0.667 });
    expect(hiddenNow.score?.byStudyType.wrist?.kappa).toEqual({ value: 0 });
    expect(text).not.toMatch(/patient0|Reader|gold|"label/);
  });
});

interface Answer {
  status: number;
  body: string;
  /** Whether the whole upload was taken off the line, so that the connection can be used again. */
  usedAgain: boolean;
}

/** Sends chunks without announcing a length, and reads the answer that may come before the end. */
function streamUpload(chunks: readonly Buffer[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${seeded.alpha.token}`, 'content-type': 'application/zip' };
    const sending = httpRequest(`${server.url}${toPractice}`, { method: 'POST', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, usedAgain: sending.writableFinished }),
      );
    });
    sending.on('error', reject);
    for (const chunk of chunks) sending.write(chunk);
    sending.end();
  });
}

/** Sends the beginning of an upload and then cuts the connection. */
function cutUpload(headers: Record<string, string>, beginning: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const sending = httpRequest(`${server.url}${toTest}`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${seeded.alpha.token}` },
    });
    sending.on('error', () => {});
    sending.on('close', () => resolve());
    sending.write(beginning, () => setTimeout(() => sending.destroy(), 100));
  });
}
