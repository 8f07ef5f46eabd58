import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cancelEvaluation,
  claimEvaluation,
  findReproduction,
  insertReproduction,
  insertTestSetVersion,
  listEvents,
  listForgotten,
  listRunLogs,
  listStaleBoards,
  prepareTestSetChange,
  readBoardStatistics,
  readLeaderboard,
  readTestSetVersion,
  startRunning,
} from '@holdout/db';
import { digestEngine } from '@holdout/runner';
import { scorerVersion } from '@holdout/scoring';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { updateBoardStatistics } from './board-statistics.js';
import { scorePredictions } from './score-predictions.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

const never = new AbortController().signal;
let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterAll(() => fixture?.close());
afterEach(async () => {
  // However an evaluation ends, nothing of it stays on the disk.
  expect(await readdir(fixture.scratchDirectory)).toEqual([]);
});

/** A version of the phase's test set that lacks a study. */
async function removeFirstStudy(phaseId: string, digest: string) {
  const { owner } = fixture;
  const phase = await owner
    .selectFrom('phases')
    .select('testSetVersionId')
    .where('id', '=', phaseId)
    .executeTakeFirstOrThrow();
  const version = await readTestSetVersion(owner, phase.testSetVersionId);
  const toVersionId = await insertTestSetVersion(owner, { ...version, digest, studies: version.studies.slice(1) });
  return { phaseId, toVersionId, actor: 'test', note: null };
}

it('takes a submission from queued to its row on the leaderboard, and a repeated job changes nothing', async () => {
  const submitted = await fixture.submit();
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  expect((await fixture.read(submitted)).state).toBe('scoring');
  await scorePredictions(fixture.scoring, submitted.evaluationId);
  const scored = await fixture.read(submitted);
  expect(scored.state).toBe('scored');
  expect(scored.score?.studies).toBe(30);
  const { entries } = await readLeaderboard(fixture.owner, submitted.phaseId);
  expect(entries).toHaveLength(1);

  const events = await listEvents(fixture.owner, submitted.evaluationId, 0);
  const states = events.flatMap((event) => (event.kind === 'state' ? [event.data.state] : []));
  expect(states).toEqual(['queued', 'checking', 'running', 'scoring', 'scored']);
  expect(events.some((event) => event.kind === 'log' && event.data.line.includes('90 images predicted'))).toBe(true);
  expect(
    events.some((event) => event.kind === 'progress' && event.data.stage === 'running' && event.data.imagesDone === 90),
  ).toBe(true);

  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  await scorePredictions(fixture.scoring, submitted.evaluationId);
  expect(await fixture.read(submitted)).toEqual(scored);
  expect(await listEvents(fixture.owner, submitted.evaluationId, 0)).toEqual(events);
});

it('decodes the images of a test set once for all bundles that want them alike', async () => {
  const predict = async () => {
    const submitted = await fixture.submit({ slug: 'onnx' });
    await evaluateById(fixture.evaluating, submitted.evaluationId, never);
    await scorePredictions(fixture.scoring, submitted.evaluationId);
    return (await fixture.read(submitted)).score;
  };
  const first = await predict();
  const decoded = fixture.pixels.countDecoded();
  expect(decoded).toBeGreaterThan(0);
  // Another phase, whose test set has the same images.
  expect(await predict()).toEqual(first);
  expect(fixture.pixels.countDecoded()).toBe(decoded);
});

it('keeps with the score what it rests on, also where the predictions are scored anew', async () => {
  const { owner } = fixture;
  const submitted = await fixture.submit();
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  await scorePredictions(fixture.scoring, submitted.evaluationId);
  const { bundleDigest, basis } = await fixture.read(submitted);
  const run = {
    engine: 'onnx',
    engineVersion: expect.stringMatching(/^onnxruntime-node \d/),
    engineDigest: await digestEngine('onnx'),
    device: 'cpu',
    threads: 2,
  };
  const { testSetDigest, predictionsDigest } = basis ?? {};
  expect(basis?.run).toMatchObject({ ...run, bundleDigest, testSetDigest });
  const readScore = async (evaluationId: string) =>
    (
      await owner
        .selectFrom('scores')
        .select('provenance')
        .where('evaluationId', '=', evaluationId)
        .executeTakeFirstOrThrow()
    ).provenance;
  const written = { bundleDigest, testSetDigest, predictionsDigest, ...run, scorerVersion, node: process.version };
  expect(await readScore(submitted.evaluationId)).toEqual(written);

  const next = await removeFirstStudy(submitted.phaseId, 'e'.repeat(64));
  const { rescored } = await prepareTestSetChange(owner, next);
  await scorePredictions(fixture.scoring, rescored[0] ?? '');
  expect(await readScore(rescored[0] ?? '')).toEqual({ ...written, testSetDigest: 'e'.repeat(64) });
  expect((await fixture.read(submitted)).basis?.run).toEqual(basis?.run);
});

it('scores stored predictions anew on a version that lacks a study, and switches the board', async () => {
  const submitted = await fixture.submit();
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  await scorePredictions(fixture.scoring, submitted.evaluationId);
  const before = await fixture.read(submitted);
  const { owner } = fixture;
  const change = await removeFirstStudy(submitted.phaseId, 'd'.repeat(64));
  const { rescored } = await prepareTestSetChange(owner, change);
  expect(rescored).toHaveLength(1);
  expect(await fixture.read(submitted)).toEqual(before);
  await scorePredictions(fixture.scoring, rescored[0] ?? '');
  const after = await fixture.read(submitted);
  expect(after).toMatchObject({ state: 'scored', evaluationId: rescored[0] });
  expect(after.score?.studies).toBe(29);
  expect((await readLeaderboard(owner, submitted.phaseId)).entries[0]?.score.studies).toBe(29);
});

it('runs an evaluation once more and compares it, here the very same', async () => {
  const { owner } = fixture;
  const submitted = await fixture.submit();
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  await scorePredictions(fixture.scoring, submitted.evaluationId);
  const before = await fixture.read(submitted);
  const id = await insertReproduction(owner, { evaluationId: submitted.evaluationId, actor: 'test' });
  await evaluateById(fixture.evaluating, id, never);
  await scorePredictions(fixture.scoring, id);
  const { predictionsDigest } = before.basis ?? {};
  expect(await findReproduction(owner, id)).toMatchObject({
    state: 'scored',
    first: { predictionsDigest, run: { threads: 2 } },
    again: { predictionsDigest, run: { threads: 2 } },
    comparison: { studies: 30, images: 90, identical: true, maxAbsoluteDifference: 0, differingCalls: 0 },
  });
  expect(await fixture.read(submitted)).toEqual(before);
  expect((await readLeaderboard(owner, submitted.phaseId)).entries).toMatchObject([
    { evaluationId: submitted.evaluationId },
  ]);
});

it('says how sure a score and its place are', async () => {
  const { owner } = fixture;
  const submitted = await fixture.submit();
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  await scorePredictions(fixture.scoring, submitted.evaluationId);
  const { intervals } = await fixture.read(submitted);
  expect(intervals).toMatchObject({
    level: 0.95,
    resamples: 2000,
    byStudyType: { wrist: { studies: 30, patients: 30 } },
  });
  expect(await updateBoardStatistics(fixture.scoring)).toContain(submitted.phaseId);
  // The same entries again are not worked out again.
  expect(await updateBoardStatistics(fixture.scoring)).not.toContain(submitted.phaseId);
  const { testSetVersionId } = await owner
    .selectFrom('phases')
    .select('testSetVersionId')
    .where('id', '=', submitted.phaseId)
    .executeTakeFirstOrThrow();
  const statistics = await readBoardStatistics(owner, { phaseId: submitted.phaseId, testSetVersionId });
  expect(statistics?.seed).toBe(intervals?.seed);
  expect(statistics?.entries).toEqual({
    [submitted.evaluationId]: { rank: { lower: 1, upper: 1 }, toldApartFromFirst: false, againstBestReader: null },
  });
});

it('says how sure the places of a board are though those of another can’t be worked out', async () => {
  const { owner, scoring } = fixture;
  // Of as many studies as in no other test: their predictions are no other test's.
  const [lost, whole] = [await fixture.submit({ studyCount: 23 }), await fixture.submit({ studyCount: 24 })];
  for (const { evaluationId } of [lost, whole]) {
    await evaluateById(fixture.evaluating, evaluationId, never);
    await scorePredictions(scoring, evaluationId);
  }
  const { predictionsDigest = '' } = (await fixture.read(lost)).basis ?? {};
  await rm((await scoring.storage.path?.(predictionsDigest)) ?? '');

  expect(await updateBoardStatistics(scoring, AbortSignal.abort())).toEqual([]);
  const logged: unknown[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line)) });
  const updated = await updateBoardStatistics({ ...scoring, log });
  expect(updated).toContain(whole.phaseId);
  expect(updated).not.toContain(lost.phaseId);
  expect(logged).toEqual([expect.objectContaining({ phaseId: lost.phaseId })]);
  expect((await listStaleBoards(owner)).map(({ phaseId }) => phaseId)).toEqual([lost.phaseId]);
});

it('shows the team the log of the check only, never that of the hidden run', async () => {
  const submitted = await fixture.submit();
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  const events = await listEvents(fixture.owner, submitted.evaluationId, 0);
  const runningAt = events.findIndex((event) => event.kind === 'state' && event.data.state === 'running');
  expect(runningAt).toBeGreaterThan(0);
  expect(events.slice(runningAt).filter((event) => event.kind === 'log')).toEqual([]);
});

it('rejects what is the bundle’s fault, with a code and a sentence', async () => {
  const submitted = await fixture.submit({ spoil: true });
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  const { state, reason } = await fixture.read(submitted);
  expect(state).toBe('rejected');
  expect(reason).toMatchObject({ code: 'output_shape', detail: expect.stringContaining('output.index is 7') });
});

it('tells nothing but the kind of what happens on the phase’s own images', async () => {
  const submitted = await fixture.submit({ spoil: true });
  const { evaluationId } = submitted;
  // A worker that is lost has passed the check, so that only the hidden run is left.
  await claimEvaluation(fixture.owner, { evaluationId, owner: 'lost', leaseSeconds: 0 });
  await startRunning(fixture.owner, { evaluationId, leaseToken: 1 });
  await evaluateById(fixture.evaluating, evaluationId, never);
  const { state, reason } = await fixture.read(submitted);
  expect(state).toBe('rejected');
  expect(reason).toEqual({
    code: 'predictions_invalid',
    detail: expect.stringMatching(/^It happened on the phase’s own (first study|studies).*nothing more is told\.$/),
    sentences: [{ name: expect.stringMatching(/^hidden_(first|all)$/), values: {} }],
    stage: 'running',
    alsoOnSample: false,
  });
});

const readStudies = `
import csv, os, sys
paths = [row[0] for row in csv.reader(open(sys.argv[1]))]
studies = list(dict.fromkeys(os.path.dirname(path) for path in paths))
`;
const writeLabels = "open(sys.argv[2], 'w').writelines('%s/,%d\\n' % (s, n % 2) for n, s in enumerate(studies))\n";

it('runs a team’s own program by the official contract, without a manifest, and scores its labels', async () => {
  const program = `${readStudies}print('reads', len(paths), 'images', flush=True)\n${writeLabels}`;
  const submitted = await fixture.submit({ program });
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  await scorePredictions(fixture.scoring, submitted.evaluationId);
  const { state, reason, score, engine, basis } = await fixture.read(submitted);
  expect([state, reason, engine]).toEqual(['scored', null, 'command']);
  expect(score?.overall.auroc.value).toBeNull();
  expect(score?.overall.kappa.value).toBe(1);
  expect(basis?.run).toMatchObject({ engine: 'command', sandbox: 'bubblewrap', engineDigest: null });
  const lines = (await listEvents(fixture.owner, submitted.evaluationId, 0)).flatMap((event) =>
    event.kind === 'log' ? [event.data.line] : [],
  );
  expect(lines).toContain('reads 90 images');
  // One study a second time: it is the first then, and gets another label than before only if it is not.
  expect(lines.filter((line) => line.startsWith('Warning'))).toEqual([]);
  const logs = await listRunLogs(fixture.owner, submitted.evaluationId);
  expect(logs).toMatchObject([
    { attempt: 1, code: null, log: 'reads 3 images\n— One study was run; now all of them. —\nreads 90 images' },
  ]);
});

it.each(['kind', 'failed'] as const)('tells %s of a program that fails on hidden studies only', async (failures) => {
  // The check has run it twice by then; what it has seen it can't keep, so it knows the run by its worker’s state.
  const program = `${readStudies}sys.exit('pixels: 1 2 3')`;
  const submitted = await fixture.submit({ program, failures });
  const { evaluationId } = submitted;
  await claimEvaluation(fixture.owner, { evaluationId, owner: 'lost', leaseSeconds: 0 });
  await startRunning(fixture.owner, { evaluationId, leaseToken: 1 });
  await evaluateById(fixture.evaluating, evaluationId, never);
  const { state, reason } = await fixture.read(submitted);
  expect([state, reason?.code]).toEqual(['rejected', failures === 'kind' ? 'runner_crashed' : 'hidden_run_failed']);
  expect([reason?.stage, reason?.alsoOnSample]).toEqual(['running', failures === 'kind' ? false : null]);
  expect(JSON.stringify(await listEvents(fixture.owner, evaluationId, 0))).not.toContain('pixels');
  expect(reason?.detail).not.toContain('exit code');
  expect(await listRunLogs(fixture.owner, evaluationId)).toMatchObject([
    { attempt: 2, code: 'command_failed', log: 'pixels: 1 2 3' },
  ]);
});

it('warns in the check of what looks wrong, and goes on', async () => {
  // Another answer where a study is alone.
  const program = `${readStudies}
least = 0.1 if len(studies) > 1 else 0.3
open(sys.argv[2], 'w').writelines('%s,%s\\n' % (s, least + n / 1000) for n, s in enumerate(studies[:max(1, len(studies) - 1)]))`;
  const submitted = await fixture.submit({ program });
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  const { warnings, reason } = await fixture.read(submitted);
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^1 of 30 sample studies have no prediction, the first of them XR_WRIST/),
    expect.stringMatching(/^Every sample study is called normal/),
    expect.stringMatching(/^The study XR_WRIST.* was predicted as 0\.\d+ and, run once more by itself, as 0\.\d+/),
  ]);
  const events = await listEvents(fixture.owner, submitted.evaluationId, 0);
  const seen = events.flatMap((event) => (event.kind === 'warning' ? [event.data] : []));
  expect(seen).toEqual(warnings);
  // Before the hidden run, which then fails by the same.
  const kinds = events.map((event) => (event.kind === 'state' ? event.data.state : event.kind));
  expect(kinds.lastIndexOf('warning')).toBeLessThan(kinds.indexOf('running'));
  expect(reason).toMatchObject({ code: 'predictions_invalid', stage: 'running', alsoOnSample: true });
});

it('shows what went wrong with one study alone, and what the run on all has told already', async () => {
  const program = `${readStudies}print('sees', len(studies), flush=True)
open(sys.argv[2], 'w').writelines('%s,0.7\\n' % s for s in studies[:-1])`;
  const submitted = await fixture.submit({ program });
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  const { warnings, reason, state } = await fixture.read(submitted);
  expect(state).toBe('rejected');
  expect(warnings.map(({ code }) => code)).toEqual(['study_without_prediction', 'constant_probability']);
  expect(reason?.code).toBe('predictions_invalid');
  expect(reason?.detail).toMatch(
    /^It ran on all sample studies, and then on one of them alone it did not\. .*found no study/,
  );
  const lines = (await listEvents(fixture.owner, submitted.evaluationId, 0)).flatMap((event) =>
    event.kind === 'log' ? [event.data.line] : [],
  );
  expect(lines).toEqual(['sees 30', '— Once more, with one study alone. —', 'sees 1']);
});

it('spends no hidden run on what the check warns of, where its team wants that', async () => {
  const blind = `${readStudies}open(sys.argv[2], 'w').writelines('%s,0.7\\n' % s for s in studies)`;
  const submitted = await fixture.submit({ program: blind, stopOnWarning: true });
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  const { state, reason, warnings, times } = await fixture.read(submitted);
  expect([state, times.running]).toEqual(['rejected', null]);
  expect(warnings.map(({ code }) => code)).toEqual(['constant_probability']);
  expect(reason).toMatchObject({ code: 'check_warned', stage: 'checking', alsoOnSample: true });
  expect(reason?.detail).toContain('Does the bundle read its pictures?');
  expect(await listRunLogs(fixture.owner, submitted.evaluationId)).toEqual([]);
  const good = await fixture.submit({ program: `${readStudies}${writeLabels}`, stopOnWarning: true });
  await evaluateById(fixture.evaluating, good.evaluationId, never);
  expect((await fixture.read(good)).state).toBe('scoring');
});

it('rejects what takes longer than the phase allows', async () => {
  const submitted = await fixture.submit({ program: 'import time\ntime.sleep(600)', timeLimitSeconds: 1 });
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  expect(await fixture.read(submitted)).toMatchObject({ state: 'rejected', reason: { code: 'time_limit_exceeded' } });
});

it('stops when the team cancels, and publishes nothing', async () => {
  // Left alone, it would end long after the test's own limit of time.
  const submitted = await fixture.submit({ program: 'import time\ntime.sleep(600)' });
  const evaluating = evaluateById(fixture.evaluating, submitted.evaluationId, never);
  await waitForState(submitted, 'checking');
  expect(await cancelEvaluation(fixture.owner, { evaluationId: submitted.evaluationId, by: 'team' })).toBe(true);
  await evaluating;
  expect((await fixture.read(submitted)).state).toBe('cancelled');
  expect((await readLeaderboard(fixture.owner, submitted.phaseId)).entries).toEqual([]);
});

it('hands back what it holds when it must end, without spending an attempt, and another one finishes it', async () => {
  const submitted = await fixture.submit({ slug: 'tfjs' });
  const shutdown = new AbortController();
  const evaluating = evaluateById(fixture.evaluating, submitted.evaluationId, shutdown.signal);
  await waitForState(submitted, 'checking');
  shutdown.abort();
  await evaluating;
  const { evaluating: forgotten } = await listForgotten(fixture.owner, { olderThanSeconds: 0 });
  expect(forgotten).toContain(submitted.evaluationId);
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  expect((await fixture.read(submitted)).state).toBe('scoring');
});

it('waits for a storage that is away, however often it looks, and goes on when it is back', async () => {
  const submitted = await fixture.submit({ slug: 'weak' });
  const { evaluationId } = submitted;
  const blobs = join(fixture.evaluating.config.storage.directory, 'blobs');
  const whileAway = async (work: () => Promise<void>) => {
    // Not merely empty, which would be a blob that is lost.
    await rename(blobs, `${blobs}-away`);
    await writeFile(blobs, '');
    for (let round = 0; round < 5; round += 1) {
      await work();
      // Time passes: until then nobody claims it.
      const row = fixture.owner.updateTable('evaluations').set({ leaseExpiresAt: null }).where('id', '=', evaluationId);
      await row.where('leaseOwner', 'is', null).execute();
    }
    await rm(blobs);
    await rename(`${blobs}-away`, blobs);
  };
  await whileAway(() => evaluateById(fixture.evaluating, evaluationId, never));
  await evaluateById(fixture.evaluating, evaluationId, never);
  expect((await fixture.read(submitted)).state).toBe('scoring');
  await whileAway(() => scorePredictions(fixture.scoring, evaluationId));
  await scorePredictions(fixture.scoring, evaluationId);
  expect((await fixture.read(submitted)).state).toBe('scored');
});

it('fails what can’t be read of a storage that is there, in either process, once its attempts are spent', async () => {
  const { owner, evaluating, scoring } = fixture;
  const blobs = join(evaluating.config.storage.directory, 'blobs');
  /** In its place is what can't be read, as on a disk with a bad block. */
  const spoilWhile = async (digest: string | null, work: () => Promise<void>) => {
    const path = join(blobs, digest?.slice(0, 2) ?? '', digest?.slice(2) ?? '');
    await rename(path, `${path}-kept`);
    await mkdir(path);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await work();
      const waiting = owner.updateTable('evaluations').set({ leaseExpiresAt: null }).where('leaseOwner', 'is', null);
      await waiting.execute();
    }
    await rmdir(path);
    await rename(`${path}-kept`, path);
  };
  const bundle = await fixture.submit({ program: '# one that nobody else has\n' });
  const { bundleDigest } = await owner
    .selectFrom('submissions')
    .select('bundleDigest')
    .where('id', '=', bundle.submissionId)
    .executeTakeFirstOrThrow();
  await spoilWhile(bundleDigest, () => evaluateById(evaluating, bundle.evaluationId, never));
  expect(await fixture.read(bundle)).toMatchObject({ state: 'failed', reason: { code: 'attempts_spent' } });

  const predicted = await fixture.submit();
  await evaluateById(evaluating, predicted.evaluationId, never);
  const { predictionsDigest } = await owner
    .selectFrom('evaluations')
    .select('predictionsDigest')
    .where('id', '=', predicted.evaluationId)
    .executeTakeFirstOrThrow();
  await spoilWhile(predictionsDigest, () => scorePredictions(scoring, predicted.evaluationId));
  expect(await fixture.read(predicted)).toMatchObject({ state: 'failed', reason: { code: 'attempts_spent' } });
});

it('publishes nothing once another worker has taken over', async () => {
  const submitted = await fixture.submit({ slug: 'tfjs' });
  const stalled = { ...fixture.evaluating, config: { ...fixture.evaluating.config, leaseSeconds: 600 } };
  const evaluating = evaluateById(stalled, submitted.evaluationId, never);
  await waitForState(submitted, 'checking');
  await fixture.owner
    .updateTable('evaluations')
    .set({ leaseExpiresAt: new Date(0) })
    .where('id', '=', submitted.evaluationId)
    .execute();
  const other = await claimEvaluation(fixture.owner, {
    evaluationId: submitted.evaluationId,
    owner: 'other',
    leaseSeconds: 600,
  });
  expect(other?.attempts).toBe(2);
  await evaluating;
  expect((await fixture.read(submitted)).state).not.toBe('scoring');
});

async function waitForState(submitted: Parameters<WorkerFixture['read']>[0], state: string): Promise<void> {
  for (let tries = 0; tries < 2400; tries += 1) {
    if ((await fixture.read(submitted)).state === state) return;
    await sleep(25);
  }
  throw new Error(`The submission was never ${state}.`);
}
