import type { HeatMap } from '@holdout/contracts';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { listHeatMaps, readHeatMap } from '../tables/heat-maps.js';
import { registerWorker, setWorkerMode } from '../tables/workers.js';
import { type SeededPhase, seedPhase, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { claimHeatMaps, type HeldHeatMap } from './claim-heat-maps.js';
import { finishHeatMap, refuseHeatMaps, releaseHeatMaps, renewHeatMaps } from './end-heat-map.js';
import { mostOpenHeatMaps, requestHeatMaps } from './request-heat-maps.js';

const databases = useDatabases();

const method = 'cam' as const;
const bundle = sha256('a model');
const map: HeatMap = {
  ...{ method, probability: 0.25, width: 1, height: 2, values: [1, -0.5] },
  area: { left: 0, top: 0, width: 1, height: 1 },
};

async function seed(phase?: SeededPhase): Promise<string> {
  return (await seedSubmission(databases.owner, phase ?? (await seedPhase(databases.owner)))).submissionId;
}

function ask(
  submissionId: string,
  images: readonly string[],
  more: Partial<Parameters<typeof requestHeatMaps>[1]> = {},
) {
  return requestHeatMaps(databases.owner, { submissionId, bundle, images, method, askedBy: 'team', ...more });
}

function claim(owner = 'worker', serves: ('cpu' | 'gpu')[] = ['cpu']) {
  return claimHeatMaps(databases.evaluator, { owner, serves, leaseSeconds: 30 });
}

/** Claims what there must be. */
async function demandClaim(owner?: string) {
  const claimed = await claim(owner);
  if (!claimed?.maps[0]) throw new Error('There was nothing to claim.');
  return { ...claimed, first: claimed.maps[0] };
}

const expire = () =>
  sql`UPDATE heat_maps SET lease_expires_at = now() - interval '1 second' WHERE lease_owner IS NOT NULL`.execute(
    databases.owner,
  );
const list = (images: readonly string[]) => listHeatMaps(databases.owner, { bundle, method, images });

it('is made once, of what it is asked for, and kept', async () => {
  const submissionId = await seed();
  await ask(submissionId, ['a', 'b', 'a']);
  expect(await list(['a', 'b', 'c'])).toEqual(['a', 'b'].map((image) => ({ image, state: 'requested', reason: null })));
  const { maps, ...claimed } = await demandClaim();
  expect(claimed).toMatchObject({ submissionId, bundleDigest: bundle, manifest: { engine: 'onnx' }, method });
  expect(claimed.limits).toMatchObject({ timeLimitSeconds: 600, memoryLimitBytes: 4e9 });
  expect(maps.map(({ image }) => image).sort()).toEqual(['a', 'b']);
  for (const held of maps) expect(await finishHeatMap(databases.evaluator, { ...held, map })).toBe(true);
  expect(await readHeatMap(databases.owner, { bundle, method, image: 'a' })).toEqual(map);
  await ask(submissionId, ['a', 'b']);
  expect(await claim()).toBeNull();
  // Another way to make it is another map.
  await ask(submissionId, ['a'], { method: 'occlusion' });
  const occluded = { bundle, method: 'occlusion' as const };
  expect(await listHeatMaps(databases.owner, { ...occluded, images: ['a', 'b'] })).toMatchObject([
    { image: 'a', state: 'requested' },
  ]);
  const { first } = await demandClaim();
  const other = { ...map, method: 'occlusion' as const, values: [0.125, 0] };
  await finishHeatMap(databases.evaluator, { ...first, map: other });
  expect(await readHeatMap(databases.owner, { ...occluded, image: 'a' })).toEqual(other);
  expect(await readHeatMap(databases.owner, { bundle, method, image: 'a' })).toEqual(map);
  // Of another bundle there is none.
  const unknown = { bundle: sha256('another model'), method };
  expect(await listHeatMaps(databases.owner, { ...unknown, images: ['a'] })).toEqual([]);
  expect(await readHeatMap(databases.owner, { ...unknown, image: 'a' })).toBeNull();
  await expect(sql`UPDATE heat_maps SET map = '{}'`.execute(databases.owner)).rejects.toThrow('stays so');
});

it('is given to one of twenty workers that ask at once', async () => {
  await ask(await seed(), ['a', 'b']);
  const claims = await Promise.all(Array.from({ length: 20 }, (_, worker) => claim(`worker ${worker}`)));
  expect(claims.flatMap((each) => each?.maps.map(({ image }) => image) ?? []).sort()).toEqual(['a', 'b']);
});

it('is made beside others of its own bundle and method that nobody has begun, sixteen at a time', async () => {
  const submissionId = await seed();
  const images = Array.from({ length: 18 }, (_, place) => `image ${place}`);
  await ask(submissionId, images);
  await ask(submissionId, ['covered'], { method: 'occlusion' });
  await ask(await seed(), ['of another'], { bundle: sha256('another model') });
  await ask(submissionId, ['fresh']);
  await ask(submissionId, ['tried before']);
  await databases.owner.updateTable('heatMaps').set({ attempts: 1 }).where('image', '=', 'tried before').execute();
  const runs: string[][] = [];
  for (let claimed = await claim(); claimed; claimed = await claim()) runs.push(claimed.maps.map(({ image }) => image));
  const [first = [], second = [], ...alone] = runs;
  expect(first).toHaveLength(16);
  expect([...first, ...second].sort()).toEqual([...images, 'fresh'].sort());
  expect(alone).toEqual([['covered'], ['of another'], ['tried before']]);
});

it('is taken by no worker that is paused, nor by one that serves other hardware', async () => {
  const phase = await seedPhase(databases.owner);
  await ask(await seed(phase), ['a']);
  expect(await claim('worker', ['gpu'])).toBeNull();
  const description = {
    sandbox: 'none',
    processor: 'x',
    cores: 1,
    memoryBytes: 1,
    gpuDevices: [],
    node: 'v20',
    engines: [],
  };
  await registerWorker(databases.owner, { name: 'w', kind: 'evaluating', machine: 'm', description, serves: ['cpu'] });
  const { id } = await databases.owner.selectFrom('workers').select('id').executeTakeFirstOrThrow();
  await setWorkerMode(databases.owner, id, 'paused');
  expect(await claim('w')).toBeNull();
  expect(await claim('another')).not.toBeNull();
});

it('is taken over where its worker was lost, alone, and refused where its attempts are spent', async () => {
  const submissionId = await seed();
  await ask(submissionId, ['a', 'b']);
  const { maps: lost } = await demandClaim();
  expect(lost).toHaveLength(2);
  expect(await renewHeatMaps(databases.evaluator, { maps: lost, leaseSeconds: 30 })).toBe('held');
  expect(await claim()).toBeNull();
  await expire();
  const { maps: second, first } = await demandClaim('another');
  expect(second).toHaveLength(1);
  // Whoever was thought lost writes nothing any more.
  expect(await renewHeatMaps(databases.evaluator, { maps: lost, leaseSeconds: 30 })).toBe('lost');
  const stale = lost.filter(({ id }) => id === first.id);
  expect(await finishHeatMap(databases.evaluator, { ...(stale[0] ?? first), map })).toBe(false);
  expect(await refuseHeatMaps(databases.evaluator, { maps: stale, code: 'internal', detail: '' })).toBe(false);
  expect(await finishHeatMap(databases.evaluator, { ...first, map })).toBe(true);
  for (let attempt = 2; attempt <= 3; attempt += 1) {
    await expire();
    await demandClaim();
  }
  await expire();
  expect(await claim()).toBeNull();
  const other = lost.find(({ id }) => id !== first.id)?.image ?? '';
  expect(await list([other])).toMatchObject([{ state: 'refused', reason: { code: 'attempts_spent' } }]);
  // Asked for again, it has all its attempts again.
  await ask(submissionId, [other]);
  expect((await demandClaim()).first.image).toBe(other);
});

it('is refused with a reason, and tried once more when it is asked for again', async () => {
  const submissionId = await seed();
  await ask(submissionId, ['a']);
  const { maps } = await demandClaim();
  expect(await refuseHeatMaps(databases.evaluator, { maps, code: 'cam_mismatch', detail: 'found \0 and' })).toBe(true);
  const reason = { code: 'cam_mismatch', detail: 'found \uFFFD and' };
  expect(await list(['a'])).toEqual([{ image: 'a', state: 'refused', reason }]);
  const make = sql`UPDATE heat_maps SET state = 'made', map = '{}', reason_code = NULL, reason_detail = NULL`;
  await expect(make.execute(databases.owner)).rejects.toThrow('stays so');
  await ask(submissionId, ['a']);
  expect(await list(['a'])).toEqual([{ image: 'a', state: 'requested', reason: null }]);
  expect((await demandClaim()).first.leaseToken).toBe(2);
  const goBack = sql`UPDATE heat_maps SET lease_token = 1`;
  await expect(goBack.execute(databases.owner)).rejects.toThrow('never goes back');
});

it('is made alone where an organiser asked for it: a model that sees a hidden image too could put it into another map', async () => {
  const submissionId = await seed();
  await ask(submissionId, ['sample a']);
  await ask(submissionId, ['hidden'], { askedBy: 'organiser' });
  await ask(submissionId, ['sample b']);
  await ask(submissionId, ['another hidden'], { askedBy: 'organiser' });
  const runs: string[][] = [];
  const held: HeldHeatMap[] = [];
  for (let claimed = await claim(); claimed; claimed = await claim()) {
    runs.push(claimed.maps.map(({ image }) => image).sort());
    held.push(...claimed.maps);
  }
  expect(runs).toEqual([['sample a', 'sample b'], ['hidden'], ['another hidden']]);
  // Who asks again for what was refused is who has asked.
  await refuseHeatMaps(databases.evaluator, {
    maps: held.filter(({ image }) => image === 'sample a'),
    code: 'cam_mismatch',
    detail: '',
  });
  await ask(submissionId, ['sample c']);
  await ask(submissionId, ['sample a'], { askedBy: 'organiser' });
  expect((await demandClaim()).maps.map(({ image }) => image)).toEqual(['sample c']);
});

it('waits behind those who have waited longer when it is asked for again', async () => {
  const submissionId = await seed();
  await ask(submissionId, ['a'], { askedBy: 'organiser' });
  const { maps } = await demandClaim();
  await refuseHeatMaps(databases.evaluator, { maps, code: 'cam_mismatch', detail: '' });
  await ask(submissionId, ['b'], { askedBy: 'organiser' });
  await ask(submissionId, ['a'], { askedBy: 'organiser' });
  expect([(await demandClaim()).first.image, (await demandClaim()).first.image]).toEqual(['b', 'a']);
});

it('is handed back on shutdown without an attempt', async () => {
  await ask(await seed(), ['a']);
  for (let time = 0; time < 5; time += 1) {
    const { maps } = await demandClaim();
    await releaseHeatMaps(databases.evaluator, { maps, costsAttempt: false });
  }
  const { maps, first } = await demandClaim();
  await releaseHeatMaps(databases.evaluator, { maps, costsAttempt: true });
  expect(await finishHeatMap(databases.evaluator, { ...first, map })).toBe(false);
  const { attempts } = await databases.owner.selectFrom('heatMaps').select('attempts').executeTakeFirstOrThrow();
  expect(attempts).toBe(1);
});

it('waits in a bounded number of a team, also where it asks twice at once; organisers have their own', async () => {
  const submissionId = await seed();
  const images = Array.from({ length: mostOpenHeatMaps }, (_, place) => `image ${place}`);
  await ask(submissionId, images.slice(1));
  const asked = await Promise.allSettled([ask(submissionId, ['x']), ask(submissionId, ['y'])]);
  expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(ask(submissionId, ['z'])).rejects.toMatchObject({ code: 'heat_maps_open' });
  expect(await list(['z'])).toEqual([]);
  // What waits already is no more than it was.
  await ask(submissionId, images.slice(1, 3));
  await ask(submissionId, ['z'], { askedBy: 'organiser' });
  // Nor do another team's count, or what is made.
  await ask(await seed(), ['of another team']);
  const { first } = await demandClaim();
  await finishHeatMap(databases.evaluator, { ...first, map });
  await ask(submissionId, ['in its place']);
});

it('shows the machine that runs bundles no map, and lets it ask for none', async () => {
  await ask(await seed(), ['a']);
  const { first } = await demandClaim();
  await finishHeatMap(databases.evaluator, { ...first, map });
  await expect(readHeatMap(databases.evaluator, { bundle, method, image: 'a' })).rejects.toThrow('permission denied');
  const { submissionId } = await databases.owner
    .selectFrom('heatMaps')
    .select('submissionId')
    .executeTakeFirstOrThrow();
  const values = { submissionId, bundle, image: 'b', method, askedBy: 'team' as const };
  await expect(databases.evaluator.insertInto('heatMaps').values(values).execute()).rejects.toThrow(
    'permission denied',
  );
});
