import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { problemSchema, testSetContentsSchema, testSetImportSchema } from '@holdout/contracts';
import { listStudiesOfVersion, switchTestSets } from '@holdout/db';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { packFiles } from '../testing/make-bundle.js';
import { makePng } from '../testing/make-png.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const phase = '/api/competitions/mura/phases/test';
const study = (place: number) => `XR_${place % 2 === 0 ? 'WRIST' : 'HAND'}/patient9000${place}/study1`;
let server: TestServer;
let seeded: SeededCompetition;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

/** Four studies with two views each, and what five readers said. */
function makeFiles(changes: Record<string, string | Buffer | null> = {}): Record<string, string | Buffer> {
  const files: Record<string, string | Buffer | null> = {
    'MURA-v1.1/test_labels.csv': [0, 1, 2, 3]
      .map((place) => `MURA-v1.1/test/${study(place)}/,${place % 2},0,1,1,0`)
      .join('\n'),
    'MURA-v1.1/.DS_Store': 'left behind',
  };
  for (const place of [0, 1, 2, 3]) {
    for (const view of [1, 2]) {
      files[`MURA-v1.1/test/${study(place)}/image${view}.png`] = makePng(30 + place, 40 + view, 10 * place + view);
    }
  }
  const all = Object.entries({ ...files, ...changes });
  return Object.fromEntries(all.filter((file): file is [string, string | Buffer] => file[1] !== null));
}

/** As `tar` packs a folder, with all that lies in it. */
async function packTar(files: Record<string, string | Buffer>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdout-test-set-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await promisify(execFile)('tar', ['-czf', join(folder, 'all.tar.gz'), '-C', folder, 'MURA-v1.1']);
    return await readFile(join(folder, 'all.tar.gz'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function send(
  files: Record<string, string | Buffer>,
  query = '',
  { token = seeded.organiser.token, tar = false }: { token?: string; tar?: boolean } = {},
) {
  const archive = new Uint8Array(await (tar ? packTar(files) : packFiles(files)));
  const headers = { 'content-type': tar ? 'application/gzip' : 'application/zip' };
  return server.request(`${phase}/test-set/import?note=real${query}`, {
    method: 'POST',
    body: archive,
    headers,
    token,
  });
}

it('lists every problem with its file, and changes nothing', async () => {
  const [wrist, hand] = [study(0), study(1)];
  const whole = makePng(30, 41, 1);
  const refused = await send(
    makeFiles({
      [`MURA-v1.1/test/${wrist}/image1.png`]: whole.subarray(0, whole.length - 20),
      [`MURA-v1.1/test/${hand}/image1.png`]: 'no picture',
      [`MURA-v1.1/test/${study(2)}/image2.png`]: makePng(33, 41, 31),
      // A picture of the practice phase.
      [`MURA-v1.1/test/${study(3)}/image2.png`]: makePng(16, 16, 100),
    }),
    '&gold=Reader 1',
  );
  expect(refused.status).toBe(422);
  const { code, problems = [] } = problemSchema.parse(await refused.json());
  expect(code).toBe('test_set_invalid');
  const words = problems.map(({ message }) => message).sort();
  expect(words).toEqual([
    expect.stringMatching(/XR_HAND\/patient90001\/study1\/image1\.png: The image can’t be decoded/),
    expect.stringMatching(
      /XR_HAND\/patient90003\/study1\/image2\.png: It is the same picture as one of the test set mura-practice/,
    ),
    expect.stringMatching(/XR_WRIST\/patient90000\/study1\/image1\.png: The image can’t be decoded/),
    expect.stringMatching(
      /XR_WRIST\/patient90002\/study1\/image2\.png: It is the same picture as .*patient90003.*expected each once/,
    ),
  ]);

  const table = await send(makeFiles({ 'MURA-v1.1/test_labels.csv': `${wrist},0\n${hand},\n` }));
  const found = problemSchema.parse(await table.json()).problems?.map(({ line, message }) => [line, message]);
  expect(found).toEqual(
    expect.arrayContaining([[2, expect.stringContaining('test_labels.csv, line 2: found an empty cell in column 2')]]),
  );
  const shared = await send({
    ...makeFiles(),
    'MURA-v1.1/test/XR_HAND/patient10000/study1/image1.png': makePng(20, 20, 5),
  });
  expect(await shared.text()).toContain('has images and no label');
  const even = await send(makeFiles(), '&gold=Reader 1,Reader 2');
  expect(problemSchema.parse(await even.json()).problems?.[0]?.message).toContain('name an odd number of: Reader 1');
  const versions = await server.database.selectFrom('testSetVersions').select('id').execute();
  expect(versions).toHaveLength(2);
});

it('leaves nothing half done where the upload is cut off', async () => {
  const archive = await packFiles(makeFiles());
  const before = await listVersions();
  const logged = server.logLines.length;
  const waitForLog = (words: string) =>
    vi.waitFor(() => expect(server.logLines.slice(logged).join()).toContain(words), 30_000);
  const { hostname, port } = new URL(server.url);
  const request = httpRequest({
    hostname,
    port,
    path: `${phase}/test-set/import?note=real`,
    method: 'POST',
    headers: {
      authorization: `Bearer ${seeded.organiser.token}`,
      'content-type': 'application/zip',
      'content-length': archive.length,
    },
  });
  request.on('error', () => {});
  request.write(archive.subarray(0, archive.length / 2));
  await waitForLog('incoming request');
  request.destroy();
  await waitForLog('upload_incomplete');
  expect(await listVersions()).toEqual(before);
});

async function listVersions() {
  return await server.database.selectFrom('testSetVersions').select('digest').orderBy('digest').execute();
}

it('refuses a patient who is in a public set', async () => {
  const labels = [0, 1, 2, 3].map((place) => `${study(place)},0`).join('\n');
  const files = makeFiles({
    'MURA-v1.1/test_labels.csv': `${labels}\nXR_HAND/patient10000/study1,0\n`,
    'MURA-v1.1/test/XR_HAND/patient10000/study1/image1.png': makePng(20, 20, 5),
  });
  expect(await (await send(files)).text()).toContain('The patient patient10000 is in the test set mura-practice too');
});

it('brings a test set in under names that tell nothing, and the phase changes to it', async () => {
  expect((await send(makeFiles(), '', { token: seeded.alpha.token })).status).toBe(403);
  const response = await send(makeFiles(), '&draw=4', { tar: true });
  expect(response.status).toBe(200);
  const imported = testSetImportSchema.strict().parse(await response.json());
  expect(imported).toMatchObject({ studies: 4, images: 8, skipped: ['MURA-v1.1/.DS_Store'] });
  expect(imported.goldReaders).toHaveLength(3);
  expect(await switchTestSets(server.database)).toHaveLength(1);

  const { token } = seeded.organiser;
  const shown = await server.request(`${phase}/test-set/studies`, { token });
  const { version, goldReaders, studies } = testSetContentsSchema.strict().parse(await shown.json());
  expect({ version, goldReaders }).toEqual({ version: imported.diff.to, goldReaders: imported.goldReaders });
  expect(studies.map(({ source }) => source).sort()).toEqual([0, 1, 2, 3].map(study).sort());
  for (const { study: name, patient } of studies) {
    expect(name).toMatch(/^XR_(WRIST|HAND)\/patient\d{12}\/study1$/);
    expect(name).not.toContain('patient9000');
    expect(name).toContain(patient);
  }
  const { id } = await server.database
    .selectFrom('testSetVersions')
    .select('id')
    .where('digest', '=', version)
    .executeTakeFirstOrThrow();
  const [first] = await listStudiesOfVersion(server.database, id);
  expect(first?.images.map(({ fileName }) => fileName)).toEqual(['image1.png', 'image2.png']);
  const audit = await (await server.request('/api/competitions/mura/audit', { token })).text();
  expect(audit).toContain(`real (gold readers drawn by the seed 4: ${imported.goldReaders.join(', ')})`);

  // The archive's names tell labels: it never lies where evaluating workers read.
  const blobs = await readdir(server.storageDirectory, { recursive: true, withFileTypes: true });
  for (const blob of blobs.filter((each) => each.isFile())) {
    const start = (await readFile(join(blob.parentPath, blob.name))).subarray(0, 2).toString('hex');
    // Neither a zip nor a gzip.
    expect(['504b', '1f8b'], blob.name).not.toContain(start);
  }

  // The same again is the same version.
  const again = problemSchema.parse(await (await send(makeFiles(), '&draw=4')).json());
  expect(again.detail).toContain('present version already');
});
