import { claimHeatMaps, finishHeatMap, listStudiesOfVersion, requestHeatMaps } from '@holdout/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findHeatMapSource } from './heat-maps/find-heat-map-source.js';
import { addReferenceEntries } from './provision/add-reference-entries.js';
import { packFiles, tfjsFiles } from './testing/make-bundle.js';
import { goldReaders, type SeededCompetition, seedCompetition } from './testing/seed-competition.js';
import { seedSubmission } from './testing/seed-submission.js';
import { startTestServer, type TestServer } from './testing/test-server.js';
import { walkEvaluation } from './testing/walk-evaluation.js';

const organisersOnly = [
  'GET /api/competitions/{competition}/audit',
  'GET /api/competitions/{competition}/phases/{phase}/test-set/agreement',
  'GET /api/competitions/{competition}/phases/{phase}/test-set/diff',
  'GET /api/competitions/{competition}/phases/{phase}/test-set/heat-map',
  'GET /api/competitions/{competition}/phases/{phase}/test-set/image',
  'GET /api/competitions/{competition}/phases/{phase}/test-set/studies',
  'GET /api/competitions/{competition}/submissions',
  'POST /api/competitions/{competition}/phases/{phase}/predictions',
  'POST /api/competitions/{competition}/phases/{phase}/test-set/edits',
  'POST /api/competitions/{competition}/phases/{phase}/test-set/heat-map',
  'GET /api/reproductions/{id}',
  'POST /api/evaluations/{id}/reproductions',
  'GET /api/submissions/{id}/hidden-logs',
  'POST /api/submissions/{id}/disqualify',
  'POST /api/submissions/{id}/restore',
  'POST /api/submissions/{id}/withdraw',
  'GET /api/operator/installation',
  'GET /api/operator/queues',
  'GET /api/operator/workers',
  'POST /api/operator/storage/collect',
  'POST /api/operator/storage/verify',
  'PUT /api/operator/workers/{id}/mode',
];

let server: TestServer;
let seeded: SeededCompetition;
let submissionId: string;
let archive: Uint8Array<ArrayBuffer>;
let routes: { method: string; path: string }[];
/** Whatever of the hidden test set must reach nobody but its organisers. */
let secrets: string[];

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  await addReferenceEntries(server, { competition: 'mura', phase: 'test' });
  submissionId = await seedSubmission(server, seeded.alpha.teamId);
  await walkEvaluation(server.database, submissionId);
  archive = new Uint8Array(await packFiles(tfjsFiles()));
  await makeHiddenHeatMap();
  const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
  const { paths } = documentSchema.parse(await (await server.request('/api/openapi.json')).json());
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  const studies = await listStudiesOfVersion(server.database, seeded.hiddenVersion.versionId);
  secrets = [
    ...studies.flatMap(({ study, images }) => [study, ...images.map(({ digest }) => digest)]),
    ...goldReaders,
    'goldLabel',
    'readerLabels',
    'truePositive',
    String(hiddenHeat),
  ];
});
afterAll(() => server.close());

/** A number that is nowhere but in a heat map of a hidden image. */
const hiddenHeat = 0.987654321;

/** What an organiser asked for, of the team's own submission. */
async function makeHiddenHeatMap(): Promise<void> {
  const { database } = server;
  const studies = await listStudiesOfVersion(database, seeded.hiddenVersion.versionId);
  const study = studies.find((each) => each.study === 'XR_WRIST/patient00000/study1');
  const source = await findHeatMapSource(database, { id: submissionId, state: 'scored' });
  const images = study?.images.map(({ digest }) => digest) ?? [];
  await requestHeatMaps(database, { ...source, submissionId, images, askedBy: 'organiser' });
  const claim = () => claimHeatMaps(database, { owner: 'test', serves: ['cpu'], leaseSeconds: 60 });
  const area = { left: 0, top: 0, width: 1, height: 1 };
  const map = {
    ...{ probability: hiddenHeat, width: 1, height: 1, values: [hiddenHeat], area },
    method: source.method,
  };
  for (let claimed = await claim(); claimed; claimed = await claim()) {
    for (const held of claimed.maps) await finishHeatMap(database, { ...held, map });
  }
}

const hiddenStudy = encodeURIComponent('XR_WRIST/patient00000/study1');
const jsonBodies: Record<string, object> = {
  'heat-map': { submission: '00000000-0000-4000-8000-000000000000', study: 'XR_WRIST/patient00000/study1' },
  'heat-maps': { study: 'XR_WRIST/patient00000/study1' },
  disqualify: { reason: 'x' },
  mode: { mode: 'paused' },
  collect: {},
  verify: {},
  edits: { edits: [{ withdraw: 'XR_WRIST/patient00000/study1' }], note: 'x' },
  predictions: { team: 'x', name: 'x', predictions: [{ study: 'x', label: 0, probability: null }] },
};

/** Calls a route as somebody who means it: with names that exist and a body that fits. What streams is read for a while. */
async function call({ method, path }: { method: string; path: string }, token: string | undefined) {
  const { digest } = seeded.hiddenVersion;
  const address = path.replace('{competition}', 'mura').replace('{phase}', 'test').replace('{id}', submissionId);
  const queries: Record<string, string> = {
    diff: `?from=${digest}&to=${digest}`,
    image: `?study=${hiddenStudy}`,
    'heat-map': `?submission=${submissionId}&study=${hiddenStudy}`,
    'sample-image': `?study=${hiddenStudy}`,
  };
  const query = queries[path.split('/').at(-1) ?? ''] ?? '';
  const json = method === 'GET' ? undefined : jsonBodies[path.split('/').at(-1) ?? ''];
  const sent = json ? JSON.stringify(json) : path.endsWith('/submissions') ? archive : undefined;
  const contentType = json ? 'application/json' : 'application/zip';
  const leave = new AbortController();
  const response = await server.request(address + query, {
    method,
    signal: leave.signal,
    ...(token ? { token } : {}),
    ...(method !== 'GET' && sent ? { body: sent, headers: { 'content-type': contentType } } : {}),
  });
  const timer = setTimeout(() => leave.abort(), 500);
  let text = JSON.stringify([...response.headers]);
  try {
    for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk);
  } catch (error) {
    if (!leave.signal.aborted) throw error;
  }
  clearTimeout(timer);
  return { status: response.status, text };
}

describe.each(['a visitor', 'the team itself', 'another team'] as const)('%s', (who) => {
  const tokenOf = () =>
    ({ 'a visitor': undefined, 'the team itself': seeded.alpha.token, 'another team': seeded.beta.token })[who];

  it('is told nothing of the hidden test set by any route', async () => {
    expect(routes.length).toBeGreaterThan(15);
    for (const route of routes) {
      const { text } = await call(route, tokenOf());
      for (const secret of secrets) {
        expect(text.includes(secret), `${route.method} ${route.path} tells “${secret}”`).toBe(false);
      }
    }
  });

  it('is refused what is the organisers’', async () => {
    const expected = who === 'a visitor' ? [401] : [403, 404];
    for (const route of routes) {
      const name = `${route.method} ${route.path}`;
      if (!organisersOnly.includes(name)) continue;
      expect(expected, name).toContain((await call(route, tokenOf())).status);
    }
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(expect.arrayContaining(organisersOnly));
  });
});

it('would notice: an organiser is told', async () => {
  const { token } = seeded.organiser;
  const told = await call(
    { method: 'GET', path: '/api/competitions/{competition}/phases/{phase}/test-set/studies' },
    token,
  );
  expect(told.status).toBe(200);
  expect(secrets.filter((secret) => told.text.includes(secret)).length).toBeGreaterThan(4);
  const heat = '/api/competitions/{competition}/phases/{phase}/test-set/heat-map';
  expect((await call({ method: 'GET', path: heat }, token)).text).toContain(String(hiddenHeat));
});
