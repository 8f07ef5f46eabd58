import { auditLogSchema, heatMapAnswerSchema, problemSchema, sampleHeatMapsSchema } from '@holdout/contracts';
import {
  claimHeatMaps,
  findHeatMapSource,
  finishHeatMap,
  listStudiesOfVersion,
  mostOpenHeatMaps,
  refuseHeatMaps,
} from '@holdout/db';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

const sampleStudy = 'XR_HAND/patient10000/study1';
const hiddenStudy = 'XR_ELBOW/patient00001/study1';
const testSet = '/api/competitions/mura/phases/test/test-set';
let server: TestServer;
let seeded: SeededCompetition;
let id: string;
let queued: string;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  id = await seedSubmission(server, seeded.alpha.teamId);
  await walkEvaluation(server.database, id);
  queued = await seedSubmission(server, seeded.alpha.teamId, { name: 'Another' });
});
afterAll(() => server.close());
afterEach(() => server.database.deleteFrom('heatMaps').execute());

const map = {
  ...{ method: 'occlusion' as const, probability: 0.75, width: 2, height: 1, values: [0.5, -0.25] },
  area: { left: 0, top: 0, width: 1, height: 1 },
};

async function send(path: string, token: string, body?: object) {
  const headers = { 'content-type': 'application/json' };
  const post = body && { method: 'POST', body: JSON.stringify(body), headers };
  const response = await server.request(path, { token, ...post });
  return { status: response.status, body: await response.json() };
}

/** As a worker does. */
async function claim() {
  return (await claimHeatMaps(server.database, { owner: 'test', serves: ['cpu'], leaseSeconds: 60 }))?.maps ?? [];
}

const own = (path = 'heat-maps') => `/api/submissions/${id}/${path}`;
const image = (path: string, study = sampleStudy) => `${own(path)}?study=${encodeURIComponent(study)}`;

describe('its team', () => {
  it('asks for the heat maps of a sample study, waits for them and reads them', async () => {
    const { token } = seeded.alpha;
    const before = sampleHeatMapsSchema.strict().parse((await send(own(), token)).body);
    expect(before.method).toBe('occlusion');
    expect(before.studies.map(({ study }) => study)).toEqual([sampleStudy, 'XR_HAND/patient10001/study1']);
    expect(before.studies[0]?.images).toEqual([{ state: 'none', reason: null }]);
    const asked = await send(own(), token, { study: sampleStudy });
    expect(asked.status).toBe(202);
    expect(sampleHeatMapsSchema.parse(asked.body).studies.map(({ images }) => images[0]?.state)).toEqual([
      'requested',
      'none',
    ]);
    const waiting = heatMapAnswerSchema.parse((await send(image('heat-map'), token)).body);
    expect(waiting).toEqual({ state: 'requested', reason: null, map: null });
    for (const held of await claim()) await finishHeatMap(server.database, { ...held, map });
    const made = heatMapAnswerSchema.strict().parse((await send(image('heat-map'), token)).body);
    expect(made).toEqual({ state: 'made', reason: null, map });
  });

  it('asks for the whole sample at once, and is told why there is none', async () => {
    const { token } = seeded.alpha;
    await send(own(), token, {});
    for (let maps = await claim(); maps.length > 0; maps = await claim()) {
      await refuseHeatMaps(server.database, { maps, code: 'cam_mismatch', detail: 'Found this.' });
    }
    const told = sampleHeatMapsSchema.parse((await send(own(), token)).body);
    for (const { images } of told.studies) {
      expect(images[0]).toMatchObject({ state: 'refused', reason: { code: 'cam_mismatch', detail: 'Found this.' } });
      expect(images[0]?.reason?.message).toMatch(/^The feature maps .* Found this\.$/);
    }
    // Asked once more, it is tried once more.
    const again = sampleHeatMapsSchema.parse((await send(own(), token, { study: sampleStudy })).body);
    expect(again.studies.map(({ images }) => images[0]?.state)).toEqual(['requested', 'refused']);
  });

  it('is told of a fault of ours no more than that', async () => {
    const { token } = seeded.alpha;
    await send(own(), token, { study: sampleStudy });
    await refuseHeatMaps(server.database, { maps: await claim(), code: 'internal', detail: '/secret/path' });
    const told = await send(own(), token);
    expect(sampleHeatMapsSchema.parse(told.body).studies[0]?.images).toMatchObject([
      { state: 'refused', reason: { code: 'internal', detail: null } },
    ]);
    expect(JSON.stringify(told.body)).not.toContain('secret');
  });

  it('sees the sample’s image', async () => {
    const response = await server.request(image('sample-image'), { token: seeded.alpha.token });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect([...new Uint8Array(await response.arrayBuffer())].slice(1, 4)).toEqual([0x50, 0x4e, 0x47]);
  });

  it('reaches no image but those of the sample, and no other team reaches anything', async () => {
    const { token } = seeded.alpha;
    for (const path of [
      image('heat-map', hiddenStudy),
      image('sample-image', hiddenStudy),
      `${image('heat-map')}&view=2`,
    ]) {
      const { status, body } = await send(path, token);
      expect([status, problemSchema.parse(body).code]).toEqual([404, 'image_not_found']);
    }
    expect((await send(own(), token, { study: hiddenStudy })).status).toBe(404);
    expect(await claim()).toEqual([]);
    for (const path of [own(), image('heat-map'), image('sample-image')]) {
      expect((await send(path, seeded.beta.token)).status).toBe(404);
    }
    expect((await send(own(), seeded.beta.token, {})).status).toBe(404);
    const looks = `${testSet}/heat-map?submission=${id}&study=${encodeURIComponent(hiddenStudy)}`;
    expect((await send(looks, token)).status).toBe(403);
    expect((await send(`${testSet}/heat-map`, token, { submission: id, study: hiddenStudy })).status).toBe(403);
  });

  it('waits until it is scored, and for no program', async () => {
    const { token } = seeded.alpha;
    const early = await send(`/api/submissions/${queued}/heat-maps`, token);
    expect([early.status, problemSchema.parse(early.body).code]).toEqual([409, 'heat_map_too_early']);
    const source = await findHeatMapSource(server.database, queued);
    const manifest = JSON.stringify({ ...source?.manifest, engine: 'command' });
    await server.database.updateTable('submissions').set({ manifest }).where('id', '=', queued).execute();
    const program = await send(`/api/submissions/${queued}/heat-maps`, token);
    expect([program.status, problemSchema.parse(program.body).code]).toEqual([422, 'heat_map_unavailable']);
  });

  it('has no more waiting than it may', async () => {
    const values = Array.from({ length: mostOpenHeatMaps }, (_, place) => ({
      ...{ bundle: 'b', image: `i${place}`, method: 'cam' as const, submissionId: id, askedBy: 'team' as const },
    }));
    await server.database.insertInto('heatMaps').values(values).execute();
    const { status, body } = await send(own(), seeded.alpha.token, {});
    expect([status, problemSchema.parse(body)]).toMatchObject([429, { code: 'heat_maps_open' }]);
  });
});

it('is shown of a sample only while no hidden phase scores that', async () => {
  const hidden = seeded.hiddenVersion.versionId;
  const phases = server.database.updateTable('phases').where('slug', '=', 'test');
  const { sampleVersionId } = await server.database
    .selectFrom('phases')
    .select('sampleVersionId')
    .where('slug', '=', 'test')
    .executeTakeFirstOrThrow();
  await phases.set({ sampleVersionId: hidden }).execute();
  const { body } = await send(own(), seeded.alpha.token);
  await phases.set({ sampleVersionId }).execute();
  expect(sampleHeatMapsSchema.parse(body).studies).toEqual([]);
});

it('is an organiser’s look at a hidden image, which is in the audit log before it is sent', async () => {
  const { token } = seeded.organiser;
  const asked = await send(`${testSet}/heat-map`, token, { submission: id, study: hiddenStudy, view: 2 });
  expect([asked.status, heatMapAnswerSchema.parse(asked.body).state]).toEqual([202, 'requested']);
  const query = `submission=${id}&study=${encodeURIComponent(hiddenStudy)}&view=2`;
  // To ask whether it is made is no look.
  expect((await send(`${testSet}/heat-map?${query}`, token)).body).toEqual({
    state: 'requested',
    reason: null,
    map: null,
  });
  const [held, ...others] = await claim();
  const studies = await listStudiesOfVersion(server.database, seeded.hiddenVersion.versionId);
  expect(held?.image).toBe(studies.find(({ study }) => study === hiddenStudy)?.images[1]?.digest);
  expect(others).toEqual([]);
  if (held) await finishHeatMap(server.database, { ...held, map });
  const read = await send(`${testSet}/heat-map?${query}`, token);
  expect(heatMapAnswerSchema.strict().parse(read.body)).toEqual({ state: 'made', reason: null, map });
  const log = await send('/api/competitions/mura/audit?about=hidden-data', token);
  const after = { submission: id, version: seeded.hiddenVersion.digest, study: hiddenStudy, view: 2 };
  expect(auditLogSchema.parse(log.body).acts.slice(0, 2)).toMatchObject([
    { action: 'heat-map.read', subject: 'test', after },
    { action: 'heat-map.request', subject: 'test', after },
  ]);
});

it('is no look at a submission of another phase, at another phase’s version, or at no image', async () => {
  const { digest: practice } = await server.database
    .selectFrom('testSetVersions')
    .select('digest')
    .where('digest', '!=', seeded.hiddenVersion.digest)
    .executeTakeFirstOrThrow();
  const phases = '/api/competitions/mura/phases';
  const sample = encodeURIComponent(sampleStudy);
  for (const [path, code] of [
    [`${phases}/practice/test-set/heat-map?submission=${id}&study=${sample}`, 'submission_not_found'],
    [`${testSet}/heat-map?submission=${id}&study=${sample}&version=${practice}`, 'version_not_found'],
    [`${testSet}/heat-map?submission=${id}&study=${sample}`, 'image_not_found'],
  ] as const) {
    const { status, body } = await send(path, seeded.organiser.token);
    expect([status, problemSchema.parse(body).code]).toEqual([404, code]);
  }
});

it('is made alone where an organiser asks, of a hidden image and of the sample, and beside others where its team does', async () => {
  const source = await findHeatMapSource(server.database, id);
  const describe = (manifest: object | undefined) =>
    server.database
      .updateTable('submissions')
      .set({ manifest: JSON.stringify(manifest) })
      .where('id', '=', id)
      .execute();
  // By occlusion each is made alone.
  await describe({ ...source?.manifest, cam: { features: 'f', weights: 'w' } });
  const countRuns = async () => {
    const runs: number[] = [];
    for (let maps = await claim(); maps.length > 0; maps = await claim()) runs.push(maps.length);
    return runs;
  };
  const { token } = seeded.organiser;
  for (const view of [1, 2]) await send(`${testSet}/heat-map`, token, { submission: id, study: hiddenStudy, view });
  await send(own(), token, {});
  expect(await countRuns()).toEqual([1, 1, 1, 1]);
  await server.database.deleteFrom('heatMaps').execute();
  await send(own(), seeded.alpha.token, {});
  expect(await countRuns()).toEqual([2]);
  await describe(source?.manifest);
});
