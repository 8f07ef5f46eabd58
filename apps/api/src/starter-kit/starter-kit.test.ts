import { rename } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { openArchive, openBlobSource } from '@holdout/bundle';
import {
  type Engine,
  problemSchema,
  starterBundleListSchema,
  starterBundleSchema,
  starterKitSchema,
} from '@holdout/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { publicStudies, type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

const bundlesPath = '/api/competitions/mura/starter-bundles';
const kitPath = (phase: string) => `/api/competitions/mura/phases/${phase}/starter-kit`;

async function set(archive: Uint8Array, token = seeded.organiser.token): Promise<Response> {
  const headers = { 'content-type': 'application/zip' };
  return await server.request(bundlesPath, { method: 'POST', body: new Uint8Array(archive), headers, token });
}

async function describeKit(phase: string) {
  return starterKitSchema.strict().parse(await (await server.request(kitPath(phase))).json());
}

/** What is in an archive: each file’s text, with bytes as they are. */
async function readKit(phase: string): Promise<Map<string, string>> {
  const response = await server.request(`${kitPath(phase)}.zip`);
  expect(response.status).toBe(200);
  const bytes = await response.arrayBuffer();
  expect(bytes.byteLength).toBe(Number(response.headers.get('content-length')));
  const files = new Map<string, string>();
  for await (const { file, chunks } of (await openArchive(openBlobSource(new Blob([bytes])))).walk()) {
    const read: Uint8Array[] = [];
    for await (const chunk of chunks) read.push(chunk);
    files.set(file.path, Buffer.concat(read).toString('latin1'));
  }
  return files;
}

const folder = 'mura-practice-starter-kit';
const program = "import sys\nopen(sys.argv[2], 'w').write('')\n";

describe('sample bundles', () => {
  it('are an organiser’s to set, and are checked as submissions are', async () => {
    expect((await set(await packFiles(tfjsFiles()), seeded.alpha.token)).status).toBe(403);
    const refused = await set(await packFiles(tfjsFiles({ model: 'nothing.json' })));
    expect(refused.status).toBe(422);
    expect(problemSchema.parse(await refused.json()).problems).toMatchObject([{ code: 'model_missing' }]);
    expect(await (await server.request(bundlesPath)).json()).toEqual({ bundles: [] });

    const kept = await set(await packFiles({ ...tfjsFiles({ name: 'First' }), '.DS_Store': 'x' }));
    expect(starterBundleSchema.strict().parse(await kept.json())).toMatchObject({ engine: 'tfjs', files: 3 });
    expect((await set(await packFiles({ 'src/predict.py': program }))).status).toBe(200);
    const { bundles } = starterBundleListSchema.parse(await (await server.request(bundlesPath)).json());
    expect(bundles.map(({ engine, name }): [Engine, string] => [engine, name])).toEqual([
      ['tfjs', 'First'],
      ['command', 'src/predict.py'],
    ]);
  });

  it('take the place of the one of their engine, go when they are removed, and leave a line each time', async () => {
    const files = Object.entries(tfjsFiles({ name: 'Second' }));
    // With a folder around it, as desktops pack one.
    const archive = await packFiles(Object.fromEntries(files.map(([path, bytes]) => [`second/${path}`, bytes])));
    for (const _ of [1, 2]) expect((await set(archive)).status).toBe(200);
    expect((await describeKit('practice')).bundles.map(({ name }) => name)).toEqual(['Second', 'src/predict.py']);
    const remove = (engine: string, token = seeded.organiser.token) =>
      server.request(`${bundlesPath}/${engine}`, { method: 'DELETE', token });
    expect((await remove('tfjs', seeded.alpha.token)).status).toBe(403);
    expect((await remove('tfjs')).status).toBe(204);
    const gone = await remove('tfjs');
    expect(problemSchema.parse(await gone.json())).toMatchObject({ code: 'starter_bundle_not_found', status: 404 });
    expect((await set(archive)).status).toBe(200);
    const audit = await server.request('/api/competitions/mura/audit', { token: seeded.organiser.token });
    const { acts } = (await audit.json()) as { acts: { action: string; subject: string }[] };
    // The same bundle once more is no act.
    expect(
      acts.filter(({ action }) => action.startsWith('starter')).map(({ action, subject }) => [action, subject]),
    ).toEqual([
      ['starter-bundle.set', 'tfjs'],
      ['starter-bundle.remove', 'tfjs'],
      ['starter-bundle.set', 'tfjs'],
      ['starter-bundle.set', 'command'],
      ['starter-bundle.set', 'tfjs'],
    ]);
  });
});

describe('the starter kit', () => {
  it('has the sample bundles, the public sample in MURA’s layout with its labels, and commands of this server', async () => {
    const kit = await describeKit('practice');
    expect(kit).toMatchObject({ folder, fileName: `${folder}.zip`, sample: { studies: 2, images: 2 } });
    expect(kit.bundles).toMatchObject([
      { engine: 'tfjs', folder: 'bundles/tfjs', files: 3 },
      { engine: 'command', folder: 'bundles/command' },
    ]);
    const files = await readKit('practice');
    const sample = `${folder}/sample`;
    const [normal, abnormal] = ['10000/study1_negative', '10001/study1_positive'].map(
      (end) => `MURA-v1.1/valid/XR_HAND/patient${end}`,
    );
    expect([...files.keys()].sort()).toEqual(
      [
        `${folder}/README.md`,
        `${folder}/bundles/command/src/predict.py`,
        ...Object.keys(tfjsFiles()).map((path) => `${folder}/bundles/tfjs/${path}`),
        `${sample}/${normal}/image1.png`,
        `${sample}/${abnormal}/image1.png`,
        `${sample}/valid_image_paths.csv`,
        `${sample}/valid_labeled_studies.csv`,
      ].sort(),
    );
    expect(files.get(`${sample}/valid_image_paths.csv`)).toBe(`${normal}/image1.png\n${abnormal}/image1.png\n`);
    expect(files.get(`${sample}/valid_labeled_studies.csv`)).toBe(`${normal}/,0\n${abnormal}/,1\n`);
    expect(files.get(`${folder}/bundles/command/src/predict.py`)).toBe(program);
    for (const [place, { images }] of publicStudies().entries()) {
      const path = `${sample}/${place === 0 ? normal : abnormal}/image1.png`;
      expect(files.get(path)).toBe(Buffer.from(images[0]?.bytes ?? []).toString('latin1'));
    }
    const readme = files.get(`${folder}/README.md`) ?? '';
    expect(readme).toContain(`export HOLDOUT_SERVER=${server.url}\n`);
    expect(readme).toContain('npx --no-install holdout submit tfjs.zip --competition mura --phase practice --wait\n');
    expect(readme).not.toContain('onnx');
  });

  it('is sent again only where something in it is another, and nothing of it for a HEAD', async () => {
    const path = `${kitPath('practice')}.zip`;
    const ask = (headers: Record<string, string>, method = 'GET') => server.request(path, { headers, method });
    const first = await ask({});
    const etag = first.headers.get('etag') ?? '';
    await first.arrayBuffer();
    for (const known of [etag, `"other", W/${etag}`]) {
      const again = await ask({ 'if-none-match': known });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    const head = await ask({}, 'HEAD');
    expect(head.headers.get('etag')).toBe(etag);
    expect(Number(head.headers.get('content-length'))).toBe((await describeKit('practice')).sizeBytes);
    expect(head.headers.get('content-disposition')).toBe(`attachment; filename="${folder}.zip"`);
    await set(await packFiles(tfjsFiles({ name: 'Third' })));
    const changed = await ask({ 'if-none-match': etag });
    expect(changed.status).toBe(200);
    await changed.arrayBuffer();
  });

  it('names nothing of the hidden studies in a hidden phase, whose sample it has', async () => {
    const files = await readKit('test');
    expect([...files.keys()].filter((path) => path.endsWith('.png'))).toHaveLength(2);
    expect([...files].flat().join('\n')).not.toMatch(/XR_WRIST|XR_ELBOW|patient0000|Reader/);
  });

  it('has no picture of a sample that a hidden phase scores too', async () => {
    const versions = await server.database.selectFrom('phases').select(['slug', 'sampleVersionId']).execute();
    const [first] = versions;
    const point = (phase: string, sampleVersionId: string) =>
      server.database.updateTable('phases').set({ sampleVersionId }).where('slug', '=', phase).execute();
    await point('practice', seeded.hiddenVersion.versionId);
    try {
      expect((await describeKit('practice')).sample).toBeNull();
      const names = [...(await readKit('practice')).keys()];
      expect(names.length).toBeGreaterThan(3);
      expect(names.filter((path) => path.includes('/sample/'))).toEqual([]);
    } finally {
      await point('practice', first?.sampleVersionId ?? '');
    }
  });

  it('has no sample where the organisers keep it', async () => {
    const { token } = seeded.organiser;
    const file = (await (await server.request('/api/competitions/mura/file', { token })).json()) as {
      phases: object[];
    };
    const phases = file.phases.map((phase) => ({ ...phase, sampleInKit: false }));
    const put = async (body: object) => {
      const headers = { 'content-type': 'application/json' };
      const sent = { method: 'PUT', body: JSON.stringify(body), headers, token };
      return (await (await server.request('/api/competitions/mura', sent)).json()) as { changes: object[] };
    };
    expect((await put({ ...file, phases })).changes[0]).toEqual({
      path: 'phases.practice.sampleInKit',
      from: true,
      to: false,
    });
    const names = [...(await readKit('practice')).keys()];
    expect(names.filter((path) => path.includes('/sample/'))).toEqual([]);
    expect((await describeKit('practice')).sample).toBeNull();
    expect((await put(file)).changes).toHaveLength(2);
    expect((await describeKit('practice')).sample).toEqual({ studies: 2, images: 2 });
  });

  it('is told to be broken where a picture can’t be read, and is not sent as if it were whole', async () => {
    const { digest } = await server.database
      .selectFrom('images')
      .select('digest')
      .where('fileName', '=', 'image1.png')
      .innerJoin('studies', 'studies.id', 'images.studyId')
      .where('study', '=', 'XR_HAND/patient10001/study1')
      .executeTakeFirstOrThrow();
    const path = (await server.storage.path?.(digest)) ?? '';
    await rename(path, `${path}.away`);
    const ended = await new Promise<string>((done, fail) => {
      requestHttp(`${server.url}${kitPath('practice')}.zip`, (response) => {
        response.resume().on('close', () => done(response.complete ? 'whole' : 'cut off'));
        response.on('error', () => {});
      })
        .on('error', fail)
        .end();
    });
    await rename(`${path}.away`, path);
    expect(ended).toBe('cut off');
    expect((await readKit('practice')).size).toBeGreaterThan(5);
  });

  it('is nothing where there is no such phase', async () => {
    for (const end of ['', '.zip']) {
      const response = await server.request(`${kitPath('tset')}${end}`);
      expect(problemSchema.parse(await response.json())).toMatchObject({ code: 'phase_not_found', status: 404 });
    }
  });
});
