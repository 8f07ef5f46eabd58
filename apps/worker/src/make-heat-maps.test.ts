import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HeatMapMethod, heatMapSchema } from '@holdout/contracts';
import {
  claimHeatMaps,
  findHeatMapSource,
  listHeatMaps,
  listStudiesOfVersion,
  readHeatMap,
  requestHeatMaps,
} from '@holdout/db';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeHeatMaps } from './make-heat-maps.js';
import { takeEvaluations } from './take-evaluations.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

const never = new AbortController().signal;
let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterAll(() => fixture?.close());
afterEach(async () => {
  expect(await readdir(fixture.scratchDirectory)).toEqual([]);
  await fixture.owner.deleteFrom('heatMaps').execute();
});

/** A submission, and what heat maps of its images are asked for by. */
async function seed(slug: 'weak' | 'tfjs' = 'weak', method: HeatMapMethod = 'cam') {
  const submitted = await fixture.submit({ slug });
  const { bundleDigest, testSetVersionId } = await fixture.read(submitted);
  const [study] = await listStudiesOfVersion(fixture.owner, testSetVersionId);
  const images = study?.images.map(({ digest }) => digest) ?? [];
  const asked = { bundle: bundleDigest ?? '', method };
  await requestHeatMaps(fixture.owner, { ...asked, submissionId: submitted.submissionId, images, askedBy: 'team' });
  return { submitted, images, asked, list: () => listHeatMaps(fixture.owner, { ...asked, images }) };
}

const claim = (leaseSeconds = 4) =>
  claimHeatMaps(fixture.evaluating.database, { owner: 'test', serves: ['cpu'], leaseSeconds });

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(100);
}

/** Does something while the storage is away; not merely empty, which would be blobs that are lost. */
async function whileAway(act: () => Promise<void>): Promise<void> {
  const blobs = join(fixture.evaluating.config.storage.directory, 'blobs');
  await rename(blobs, `${blobs}-away`);
  await writeFile(blobs, '');
  try {
    await act();
  } finally {
    await rm(blobs);
    await rename(`${blobs}-away`, blobs);
  }
}

it('makes them where no evaluation waits, as one run of the bundle', { timeout: 120_000 }, async () => {
  const { submitted, images, asked, list } = await seed();
  const work = takeEvaluations(fixture.evaluating);
  await waitFor(async () => (await list()).every(({ state }) => state === 'made'));
  await work.close();
  // The evaluation, which was asked for first and is worth more, had its turn before.
  const { state, times } = await fixture.read(submitted);
  expect(state).toBe('scoring');
  const rows = await fixture.owner.selectFrom('heatMaps').select(['endedAt', 'attempts']).execute();
  expect(rows).toHaveLength(3);
  for (const { endedAt, attempts } of rows) {
    expect(attempts).toBe(1);
    expect(endedAt?.getTime()).toBeGreaterThan(times.scoring?.getTime() ?? Number.POSITIVE_INFINITY);
  }
  const read = async (image: string) => heatMapSchema.parse(await readHeatMap(fixture.owner, { ...asked, image }));
  const maps = await Promise.all(images.map(read));
  expect(maps[0]).toMatchObject({ method: 'cam', area: { left: 0, top: 0, width: 1, height: 1 } });
  expect(new Set(maps.map(({ values }) => values.join())).size).toBe(3);
  // Each is of its own image: it is the same where it is made alone.
  const { submissionId } = submitted;
  for (const [place, image] of images.entries()) {
    await fixture.owner.deleteFrom('heatMaps').execute();
    await requestHeatMaps(fixture.owner, { ...asked, submissionId, images: [image], askedBy: 'team' });
    const alone = await claim();
    if (alone) await makeHeatMaps(fixture.evaluating, alone, never);
    expect(await read(image)).toEqual(maps[place]);
  }
});

it('covers one place after the other where that is asked for', { timeout: 120_000 }, async () => {
  const { images, asked, list } = await seed('tfjs', 'occlusion');
  for (let claimed = await claim(); claimed; claimed = await claim()) {
    expect(claimed.maps).toHaveLength(1);
    await makeHeatMaps(fixture.evaluating, claimed, never);
  }
  expect((await list()).map(({ state }) => state)).toEqual(['made', 'made', 'made']);
  const map = await readHeatMap(fixture.owner, { ...asked, image: images[2] ?? '' });
  expect(map).toMatchObject({ method: 'occlusion', width: 12, height: 12 });
});

it('says why there is none, after each was tried alone', { timeout: 120_000 }, async () => {
  const { submitted, list } = await seed();
  const source = await findHeatMapSource(fixture.owner, submitted.submissionId);
  const cam = { features: 'relu3', weights: 'weight0' };
  const manifest = JSON.stringify({ ...source?.manifest, cam });
  await fixture.owner.updateTable('submissions').set({ manifest }).where('id', '=', submitted.submissionId).execute();
  const runs: number[] = [];
  for (let claimed = await claim(); claimed; claimed = await claim()) {
    runs.push(claimed.maps.length);
    await makeHeatMaps(fixture.evaluating, claimed, never);
  }
  expect(runs).toEqual([3, 1, 1, 1]);
  for (const { state, reason } of await list()) {
    expect(state).toBe('refused');
    expect(reason).toMatchObject({ code: 'cam_mismatch', detail: expect.stringContaining('weights [8, 1, 5, 5]') });
  }
});

it('is tried again where an image is lost, and waits without an attempt for a storage that is away', {
  timeout: 120_000,
}, async () => {
  const { submitted, asked } = await seed();
  await fixture.owner.deleteFrom('heatMaps').execute();
  const { submissionId } = submitted;
  await requestHeatMaps(fixture.owner, { ...asked, submissionId, images: ['0'.repeat(64)], askedBy: 'team' });
  const tryOnce = async () => {
    // What was handed back waits for a moment.
    let claimed = await claim();
    for (; !claimed; claimed = await claim()) await sleep(100);
    await makeHeatMaps(fixture.evaluating, claimed, never);
    return await fixture.owner
      .selectFrom('heatMaps')
      .select(['state', 'attempts', 'leaseOwner'])
      .executeTakeFirstOrThrow();
  };
  // No fault of the bundle.
  expect(await tryOnce()).toEqual({ state: 'requested', attempts: 1, leaseOwner: null });
  await whileAway(async () => {
    expect(await tryOnce()).toEqual({ state: 'requested', attempts: 1, leaseOwner: null });
  });
});

it('is looked at now and then while the storage is away, and made when it is back', { timeout: 120_000 }, async () => {
  const { submitted, list } = await seed();
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  const readTokens = async () => {
    const rows = await fixture.owner.selectFrom('heatMaps').select('leaseToken').execute();
    return rows.map(({ leaseToken }) => Number(leaseToken));
  };
  const work = takeEvaluations(fixture.evaluating);
  try {
    await whileAway(async () => {
      await waitFor(async () => Math.max(...(await readTokens())) > 1);
      await sleep(3000);
      // Once a second, and not as often as it can: that was some fifty times a second.
      expect(Math.max(...(await readTokens()))).toBeLessThan(12);
    });
    await waitFor(async () => (await list()).every(({ state }) => state === 'made'));
  } finally {
    await work.close();
  }
});

it('keeps no others waiting where its image can never be read', { timeout: 120_000 }, async () => {
  const unreadable = '0'.repeat(64);
  const place = join(fixture.evaluating.config.storage.directory, 'blobs', '00', unreadable.slice(2));
  await mkdir(place, { recursive: true });
  const { submitted, asked } = await seed();
  await fixture.owner.deleteFrom('heatMaps').execute();
  const { submissionId } = submitted;
  await requestHeatMaps(fixture.owner, { ...asked, submissionId, images: [unreadable], askedBy: 'organiser' });
  const { list } = await seed('tfjs');
  const work = takeEvaluations(fixture.evaluating);
  try {
    await waitFor(async () => (await list()).every(({ state }) => state === 'made'));
  } finally {
    await work.close();
    await rm(place, { recursive: true });
  }
  const first = await fixture.owner.selectFrom('heatMaps').select('state').where('image', '=', unreadable).execute();
  expect(first).toEqual([{ state: 'requested' }]);
});

it('is made by another worker where the first was lost, and handed back on shutdown', {
  timeout: 120_000,
}, async () => {
  const { list } = await seed();
  const lost = await claim(0.1);
  expect(lost?.maps).toHaveLength(3);
  await waitFor(async () => (await claim()) !== null);
  await fixture.owner.updateTable('heatMaps').set({ leaseOwner: null, leaseExpiresAt: null }).execute();
  if (!lost) throw new Error('Nothing was claimed.');
  // The one that was thought lost comes back: its maps are not taken.
  await makeHeatMaps(fixture.evaluating, lost, never);
  expect((await list()).filter(({ state }) => state === 'made')).toHaveLength(0);
  const next = await claim();
  if (!next) throw new Error('Nothing was claimed.');
  await makeHeatMaps(fixture.evaluating, next, AbortSignal.abort());
  const handedBack = await fixture.owner.selectFrom('heatMaps').select(['state', 'attempts', 'leaseOwner']).execute();
  const attempts = handedBack.map((row) => row.attempts);
  expect(Math.max(...attempts)).toBe(2);
  expect(handedBack).toMatchObject(handedBack.map(() => ({ state: 'requested', leaseOwner: null })));
  for (let claimed = await claim(); claimed; claimed = await claim()) {
    await makeHeatMaps(fixture.evaluating, claimed, never);
  }
  expect((await list()).map(({ state }) => state)).toEqual(['made', 'made', 'made']);
});
