import { createHash } from 'node:crypto';
import { auditLogSchema, problemSchema, readerAgreementSchema } from '@holdout/contracts';
import { listStudiesOfVersion } from '@holdout/db';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const phase = '/api/competitions/mura/phases/test/test-set';
const study = 'XR_ELBOW/patient00001/study1';
let server: TestServer;
let seeded: SeededCompetition;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

const look = (path: string, token = seeded.organiser.token) => server.request(`${phase}/${path}`, { token });

async function readLog(query = '') {
  const { token } = seeded.organiser;
  const response = await server.request(`/api/competitions/mura/audit${query}`, { token });
  return auditLogSchema.parse(await response.json()).acts;
}

it('shows an image as it is stored, and writes down that it did', async () => {
  const response = await look(`image?study=${encodeURIComponent(study)}&view=2`);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'no-store',
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 21, height: 32 });
  const studies = await listStudiesOfVersion(server.database, seeded.hiddenVersion.versionId);
  const [, stored] = studies.find((each) => each.study === study)?.images ?? [];
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(stored?.digest);
  const [act] = await readLog('?about=hidden-data');
  const { digest: version } = seeded.hiddenVersion;
  expect(act).toMatchObject({ action: 'image.read', subject: 'test', after: { version, study, view: 2 } });
});

it('has no image beyond those of its studies, and leaves no line then', async () => {
  const before = (await readLog()).length;
  for (const query of [`study=${encodeURIComponent(study)}&view=3`, 'study=XR_HAND/patient10000/study1']) {
    const response = await look(`image?${query}`);
    expect(problemSchema.parse(await response.json())).toMatchObject({ status: 404, code: 'image_not_found' });
  }
  expect((await look(`image?study=${study}&view=0`)).status).toBe(400);
  expect((await look(`image?study=${study}`, seeded.alpha.token)).status).toBe(403);
  expect(await readLog()).toHaveLength(before);
});

it('tells how well each two readers agree', async () => {
  const answer = readerAgreementSchema.strict().parse(await (await look('agreement')).json());
  expect(answer.readers).toHaveLength(6);
  expect(answer.goldReaders).toEqual(['Reader 1', 'Reader 2', 'Reader 3']);
  expect(answer.pairs).toHaveLength(15);
  const pair = answer.pairs.find(({ first, second }) => first === 'Reader 1' && second === 'Reader 2');
  // 0110 and 0100: po = 3/4, pe = (2·1 + 2·3) / 16.
  expect(pair).toMatchObject({ studies: 4, agreed: 3, kappa: { value: 0.5 } });
  expect((await readLog())[0]).toMatchObject({ action: 'agreement.read', after: { version: answer.version } });
});

it('keeps looks at hidden data apart from other acts', async () => {
  const { token } = seeded.organiser;
  const edits = JSON.stringify({ edits: [{ relabel: study, reader: 'Reader 1', label: 0 }], note: 'x' });
  const headers = { 'content-type': 'application/json' };
  await server.request(`${phase}/edits`, { method: 'POST', body: edits, headers, token });
  await look('studies');
  const all = (await readLog()).map(({ action }) => action);
  const looks = (await readLog('?about=hidden-data')).map(({ action }) => action);
  expect(all).toContain('test-set.change');
  expect(looks).toEqual(['test-set.read', 'agreement.read', 'image.read']);
});
