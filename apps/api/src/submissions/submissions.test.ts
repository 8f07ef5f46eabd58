import { createHash } from 'node:crypto';
import {
  type CheckWarning,
  makeSentence,
  type Problem,
  problemSchema,
  type Submission,
  submissionEventSchema,
  submissionListSchema,
  submissionSchema,
  writeSentence,
} from '@holdout/contracts';
import {
  claimEvaluation,
  failEvaluation,
  findSubmission,
  recordWarnings,
  rejectEvaluation,
  startRunning,
} from '@holdout/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { collectEvents } from '../testing/read-events.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
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
    expect(await server.storage.has(submission.bundleDigest ?? '')).toBe(true);
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

  it('takes the wish to be stopped by a warning, and tells its team what the check warned of', async () => {
    const { id, stopOnWarning, warnings } = await submit(archive, { path: `${toTest}?stopOnWarning=true` });
    expect([stopOnWarning, warnings]).toEqual([true, []]);
    expect((await submit(archive)).stopOnWarning).toBe(false);
    expect((await post(archive, { path: `${toTest}?stopOnWarning=perhaps` })).status).toBe(400);
    const { evaluationId } = (await findSubmission(server.database, id)) ?? { evaluationId: '' };
    await claimEvaluation(server.database, { evaluationId, owner: 'worker', leaseSeconds: 60 });
    const held = { evaluationId, leaseToken: 1 };
    const sentence = makeSentence('all_normal', {});
    const warning = { code: 'one_class', message: writeSentence(sentence), sentence } as const;
    await recordWarnings(server.database, { ...held, warnings: [warning] });
    await rejectEvaluation(server.database, {
      ...held,
      ...{ code: 'check_warned', detail: warning.message, sentences: [sentence] },
    });
    const told = submissionSchema.strict().parse(await (await read(id, seeded.alpha.token)).json());
    expect(told).toMatchObject({
      warnings: [warning],
      reason: {
        ...{ code: 'check_warned', fault: 'team', stage: 'checking', alsoOnSample: true },
        ...{ detail: warning.message, sentences: [sentence] },
      },
    });
    expect(told.reason?.message).toContain(warning.message);
  });

  it('says of a failure on hidden studies whether the sample had it as well', async () => {
    const reject = async (warnings: CheckWarning[], code: 'predictions_invalid' | 'hidden_run_failed') => {
      const { id } = await submit(archive);
      const { evaluationId } = (await findSubmission(server.database, id)) ?? { evaluationId: '' };
      await claimEvaluation(server.database, { evaluationId, owner: 'worker', leaseSeconds: 60 });
      const held = { evaluationId, leaseToken: 1 };
      await recordWarnings(server.database, { ...held, warnings });
      await startRunning(server.database, held);
      await rejectEvaluation(server.database, { ...held, code, detail: 'It happened on the phase’s own images.' });
      return submissionSchema.strict().parse(await (await read(id, seeded.alpha.token)).json()).reason;
    };
    const warnings: CheckWarning[] = [{ code: 'study_without_prediction', message: '1 of 4 studies.' }];
    expect(await reject([], 'predictions_invalid')).toMatchObject({
      ...{ stage: 'running', alsoOnSample: false },
      message: expect.stringMatching(/images\. On the public sample it did not happen\.$/),
    });
    expect(await reject(warnings, 'predictions_invalid')).toMatchObject({
      ...{ stage: 'running', alsoOnSample: true },
      message: expect.stringContaining('On the public sample, too,'),
    });
    expect(await reject(warnings, 'hidden_run_failed')).toMatchObject({
      ...{ stage: 'running', alsoOnSample: null },
      message: expect.stringMatching(/images\.$/),
    });
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

  it('accepts a program with a manifest, and one that needs none', async () => {
    const command = ['python3', 'src/run.py', '{images_csv}', '{predictions_csv}'];
    const manifest = JSON.stringify({ name: 'Mine', engine: 'command', command });
    const written = await submit(await packFiles({ 'holdout.json': manifest, 'src/run.py': '' }), { path: toPractice });
    expect(written).toMatchObject({ name: 'Mine', state: 'queued' });
    const told = await submit(await packFiles({ 'src/run.py': '' }), { path: toPractice });
    expect(told).toMatchObject({ name: 'src/run.py', state: 'queued' });
  });

  it('says so of a folder of programs that are all alike', async () => {
    const problem = await refusal(await post(await packFiles({ 'src/a.py': '', 'src/b.py': '' })));
    expect(problem).toMatchObject({ status: 422, code: 'program_ambiguous' });
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

  it('says what a form without a boundary lacks', async () => {
    const refused = await refusal(await post(archive, { contentType: 'multipart/form-data' }));
    expect(refused).toMatchObject({
      code: 'request_invalid',
      detail: expect.stringMatching(/form can’t be read.*boundary/i),
    });
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

  it('is listed for its team, the latest first, and for organisers with those of all', async () => {
    const { id } = await submit(archive, { token: seeded.beta.token });
    const list = async (token: string) => {
      const response = await server.request('/api/submissions', { token });
      return submissionListSchema.parse(await response.json()).submissions;
    };
    const ofBeta = await list(seeded.beta.token);
    expect(ofBeta.map((submission) => submission.id)).toEqual([id]);
    const ofAlpha = await list(seeded.alpha.token);
    expect(new Set(ofAlpha.map((submission) => submission.team))).toEqual(new Set(['Team <Alpha>']));
    const times = ofAlpha.map((submission) => submission.submittedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect((await list(seeded.organiser.token)).length).toBe(ofAlpha.length + 1);
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

  it('is told whose doing its end was, also of one that nobody is to blame for', async () => {
    const end = async (finish: (held: { evaluationId: string; leaseToken: number }) => Promise<unknown>) => {
      const { id } = await submit(archive);
      const { evaluationId } = (await findSubmission(server.database, id)) ?? { evaluationId: '' };
      await claimEvaluation(server.database, { evaluationId, owner: 'worker', leaseSeconds: 60 });
      await finish({ evaluationId, leaseToken: 1 });
      return submissionSchema.strict().parse(await (await read(id, seeded.alpha.token)).json());
    };
    const cancelAs =
      (token: string) =>
      async ({ evaluationId }: { evaluationId: string }) => {
        const [{ submissionId = '' } = {}] = await server.database
          .selectFrom('evaluations')
          .select('submissionId')
          .where('id', '=', evaluationId)
          .execute();
        await server.request(`/api/submissions/${submissionId}/cancel`, { method: 'POST', token });
      };
    const rejected = await end((held) => rejectEvaluation(server.database, { ...held, code: 'worker_killed' }));
    expect(rejected).toMatchObject({ state: 'rejected', fault: 'team', reason: { fault: 'team' } });
    const failed = await end((held) =>
      failEvaluation(server.database, { ...held, code: 'internal', detail: 'secret' }),
    );
    expect(failed).toMatchObject({ state: 'failed', fault: 'server', reason: { fault: 'server' } });
    expect(failed.reason?.message).toContain('It was not the bundle’s fault, and costs no submission.');
    expect(failed.reason?.message).not.toContain('secret');
    expect(await end(cancelAs(seeded.alpha.token))).toMatchObject({ state: 'cancelled', fault: 'team' });
    const byOrganiser = await end(cancelAs(seeded.organiser.token));
    expect(byOrganiser).toMatchObject({ state: 'cancelled', fault: 'organiser' });
    const { id } = await submit(archive);
    expect((await readSubmission(id)).fault).toBeNull();
    await walkEvaluation(server.database, id);
    expect(await readSubmission(id)).toMatchObject({ state: 'scored', fault: null });
    const events = await collectEvents(
      await server.request(`/api/submissions/${byOrganiser.id}/events`, { token: seeded.alpha.token }),
    );
    const last = submissionEventSchema.parse(events.at(-1)?.data);
    expect(last).toMatchObject({ kind: 'state', state: 'cancelled', fault: 'organiser' });
  });

  async function readSubmission(id: string) {
    return submissionSchema.strict().parse(await (await read(id, seeded.alpha.token)).json());
  }

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
    const listed = await server.request('/api/submissions', { token: seeded.alpha.token });
    const { submissions } = submissionListSchema.parse(await listed.json());
    expect(submissions.find((submission) => submission.id === hidden.id)).toEqual(hiddenNow);
    expect(submissions.find((submission) => submission.id === open.id)).toEqual(openNow);
    expect(hiddenNow.state).toBe('scored');
    expect(hiddenNow.score?.overall.counts).toBeNull();
    // Gold 0, 1, 1, 0 and one of the two abnormal missed: F1 is 2/3.
    expect(hiddenNow.score?.overall.f1).toEqual({ value: 0.667 });
    expect(hiddenNow.score?.byStudyType.wrist?.kappa).toEqual({ value: 0 });
    expect(openNow.intervals?.overall.kappa.analytic).toMatchObject({ method: 'fleiss-cohen-everitt' });
    const { kappa, f1 } = hiddenNow.intervals?.overall ?? {};
    for (const interval of [kappa?.analytic, kappa?.bootstrap, f1?.bootstrap]) {
      const { lower, upper } = interval ?? {};
      for (const bound of [lower, upper]) expect(String(bound)).toMatch(/^-?\d(\.\d{1,2})?$/);
    }
    expect(text).not.toMatch(/patient0|Reader|goldLabel|"label/);
  });
});
