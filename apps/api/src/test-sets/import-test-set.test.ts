import { HoldoutError } from '@holdout/contracts';
import { listGoldLabels, listStudiesOfVersion } from '@holdout/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePng } from '../testing/make-png.js';
import { goldReaders, hiddenStudies, publicStudies } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { type ImportedStudy, importTestSet } from './import-test-set.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function* streamed(studies: readonly ImportedStudy[]) {
  yield* studies;
}

async function problemsOf(studies: ImportedStudy[], readers: string[] = goldReaders): Promise<string[]> {
  const failed = await importTestSet(server, { testSet: 'wrong', studies, goldReaders: readers }).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failed instanceof HoldoutError)) throw new Error(`Expected a refusal, found ${failed}`);
  expect(failed.code).toBe('test_set_invalid');
  return failed.problems.map(({ message }) => message);
}

describe('importing a test set', () => {
  it('stores every image and label, and the majority as the gold standard', async () => {
    const imported = await importTestSet(server, { testSet: 'a', studies: streamed(hiddenStudies()), goldReaders });
    expect(imported).toMatchObject({ studies: 4, images: 8, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const studies = await listStudiesOfVersion(server.database, imported.versionId);
    // By name, whatever the order in which they came.
    const names = hiddenStudies().map(({ study }) => study);
    expect(studies.map(({ study }) => study)).toEqual(names.sort());
    for (const { images } of studies) {
      for (const { digest, sizeBytes } of images) expect(await server.storage.sizeBytes(digest)).toBe(sizeBytes);
    }
    const gold = await listGoldLabels(server.database, imported.versionId);
    expect(gold.map(({ study, label }) => `${study.slice(3, 21)} ${label}`)).toEqual([
      'ELBOW/patient00001 1',
      'ELBOW/patient00003 0',
      'WRIST/patient00000 0',
      'WRIST/patient00002 1',
    ]);
  });

  it('gives the same version for the same content, in whatever order it comes', async () => {
    const first = await importTestSet(server, { testSet: 'b', studies: hiddenStudies(), goldReaders });
    const second = await importTestSet(server, {
      testSet: 'b',
      studies: hiddenStudies()
        .reverse()
        .map((study) => ({
          ...study,
          readerLabels: Object.fromEntries(Object.entries(study.readerLabels ?? {}).reverse()),
        })),
      goldReaders: [...goldReaders].reverse(),
    });
    expect(second).toEqual(first);
  });

  it.each([
    [
      'an image',
      (study: ImportedStudy) => ({ ...study, images: [{ fileName: 'image1.png', bytes: makePng(9, 9, 9) }] }),
    ],
    [
      'a file name',
      (study: ImportedStudy) => ({
        ...study,
        images: study.images.map((image) => ({ ...image, fileName: `x${image.fileName}` })),
      }),
    ],
    ['the order of the images', (study: ImportedStudy) => ({ ...study, images: [...study.images].reverse() })],
    [
      'a reader’s label',
      (study: ImportedStudy) => ({ ...study, readerLabels: { ...study.readerLabels, 'Reader 6': 0 as const } }),
    ],
    ['a patient', (study: ImportedStudy) => ({ ...study, patient: 'somebody else' })],
    ['a study type', (study: ImportedStudy) => ({ ...study, studyType: 'hand' })],
  ])('gives another version where it differs in %s', async (_what, change) => {
    const [first, ...rest] = hiddenStudies();
    if (!first) throw new Error('There are no studies.');
    const before = await importTestSet(server, { testSet: 'c', studies: [first, ...rest], goldReaders });
    const after = await importTestSet(server, { testSet: 'c', studies: [change(first), ...rest], goldReaders });
    expect(after.digest).not.toBe(before.digest);
    expect(after.versionId).not.toBe(before.versionId);
  });

  it('gives another version for other gold readers', async () => {
    const before = await importTestSet(server, { testSet: 'd', studies: hiddenStudies(), goldReaders });
    const after = await importTestSet(server, { testSet: 'd', studies: hiddenStudies(), goldReaders: ['Reader 4'] });
    expect(after.digest).not.toBe(before.digest);
  });

  it('takes labels that are given directly', async () => {
    const imported = await importTestSet(server, { testSet: 'e', studies: publicStudies() });
    const gold = await listGoldLabels(server.database, imported.versionId);
    expect(gold.map(({ label }) => label)).toEqual([0, 1]);
  });
});

describe('a test set that is refused', () => {
  it('is told every problem', async () => {
    const [first, second, third, fourth] = hiddenStudies();
    if (!first || !second || !third || !fourth) throw new Error('There are no studies.');
    const { 'Reader 2': _, ...labels } = second.readerLabels ?? {};
    const problems = await problemsOf([
      { ...first, images: [] },
      { ...second, readerLabels: labels },
      { ...third, images: [{ fileName: 'image1.png', bytes: Buffer.from('no picture') }] },
      fourth,
      fourth,
    ]);
    expect(problems).toEqual(
      expect.arrayContaining([
        `${first.study}: The study has no image that can be read; expected at least one.`,
        `${second.study}: The study has no label of the reader “Reader 2”.`,
        `${third.study}/image1.png: The image is no picture; expected a PNG.`,
        `${fourth.study}: The study is there twice; expected once.`,
      ]),
    );
  });

  it('is one with an even number of gold readers, without labels, or without studies', async () => {
    expect(await problemsOf(hiddenStudies(), ['Reader 1', 'Reader 2'])).toEqual([
      'Found 2 gold readers; a majority needs an odd number.',
    ]);
    expect(
      await problemsOf(
        publicStudies().map(({ goldLabel: _, ...study }) => study),
        [],
      ),
    ).toHaveLength(2);
    expect(await problemsOf([], [])).toHaveLength(1);
  });
});
