import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openArchive } from '../archive/open-archive.js';
import { findBundleRoot } from '../find-bundle-root.js';
import { unpackBundle } from '../node/unpack-bundle.js';
import { buildTarGz } from '../testing/build-tar-gz.js';
import { buildZip } from '../testing/build-zip.js';
import { catchRefusal, openAndCheck, toSource } from '../testing/catch-refusal.js';

const command = ['python3', 'src/predict.py', '{images_csv}', '{predictions_csv}'];

type Files = Record<string, string>;

function zip(files: Files): Uint8Array {
  return buildZip(Object.entries(files).map(([path, data]) => ({ path, data })));
}

function commandBundle(fields: Record<string, unknown> = {}, files: Files = { 'src/predict.py': '' }): Uint8Array {
  return zip({
    'holdout.json': JSON.stringify({ name: 'A program', engine: 'command', command, ...fields }),
    ...files,
  });
}

describe('a program with a manifest', () => {
  it('has what it leaves out filled in', async () => {
    const { manifest, sizeBytes } = await openAndCheck(commandBundle());
    expect(manifest).toEqual({
      name: 'A program',
      engine: 'command',
      command,
      threshold: 0.5,
      image: null,
      gpu: false,
      memoryBytes: null,
      timeLimitSeconds: null,
      environment: {},
    });
    expect(sizeBytes).toBeGreaterThan(100);
  });

  it('keeps what it says', async () => {
    const fields = {
      description: 'Ours.',
      threshold: 0.3,
      image: `registry.example/team/model@sha256:${'a'.repeat(64)}`,
      gpu: true,
      memoryBytes: 2 ** 30,
      timeLimitSeconds: 60,
      environment: { OMP_NUM_THREADS: '2' },
    };
    expect((await openAndCheck(commandBundle(fields))).manifest).toMatchObject(fields);
  });

  it.each([
    ['command', { command: ['python3', 'src/predict.py', '{images_csv}'] }, 'words that name {images_csv}'],
    ['command', { command: [] }, 'at least 1'],
    ['command', { command: 'python3 src/predict.py' }, 'array'],
    ['image', { image: 'python:3.12' }, 'an image with its digest'],
    ['memoryBytes', { memoryBytes: 512 }, 'at least 67108864 (64 MiB)'],
    ['memoryBytes', { memoryBytes: 0 }, 'more than 0'],
    ['timeLimitSeconds', { timeLimitSeconds: 0 }, 'more than 0'],
    ['timeLimitSeconds', { timeLimitSeconds: 1.5 }, 'int'],
    ['environment.A-B', { environment: { 'A-B': '1' } }, 'letters'],
    ['model', { model: 'model.onnx' }, 'no such field'],
  ])('is refused for %s in %j', async (field, fields, expected) => {
    const refusal = await catchRefusal(commandBundle(fields));
    expect(refusal.code).toBe('manifest_invalid');
    const problem = refusal.problems.find((each) => each.field === field);
    expect(problem).toMatchObject({ file: 'holdout.json' });
    expect(problem?.expected).toContain(expected);
  });

  it.each(['src/other.py', './other.py', 'run.sh', 'weights/net.pt', 'src/net', '../predict.py'])(
    'names no file that is not there: %s',
    async (word) => {
      const refusal = await catchRefusal(commandBundle({ command: [...command, word] }));
      expect(refusal.code).toBe('model_missing');
      expect(refusal.problems).toEqual([expect.objectContaining({ file: 'holdout.json', field: 'command.4' })]);
      expect(refusal.problems[0]?.found).toContain(`“${word}”`);
      expect(refusal.problems[0]?.expected).toBe('a file of the bundle');
    },
  );

  it.each([
    'src',
    'src/',
    './src/predict.py',
    'image/png',
    '/opt/model/run.py',
    '--weights=src/net.pt',
    'model.weights=models/net.pt',
    'https://example.org/a.py',
    'cd src && python3 other.py',
    '{images_csv}.py',
    'MURA-v1.1/test.sh',
    '1/2.5',
  ])('may have the word %s', async (word) => {
    await openAndCheck(commandBundle({ command: [...command, word] }));
  });

  it('may itself be a file of the bundle, which then can be run', async () => {
    const own = { command: ['src/run', '{images_csv}', '{predictions_csv}'] };
    expect((await catchRefusal(commandBundle(own, { 'other/x': '' }))).code).toBe('model_missing');
    const { files } = await openAndCheck(commandBundle(own, { 'src/run': '#!/bin/sh\n' }));
    const folder = await mkdtemp(join(tmpdir(), 'holdout-test-'));
    try {
      await unpackBundle(files, folder);
      expect((await stat(join(folder, 'src/run'))).mode & 0o100).not.toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each([
    ['MURA-v1.1', 'MURA-v1.1/train/image1.png'],
    ['MURA-v1.1', 'MURA-v1.1'],
    ['predictions.csv', 'predictions.csv'],
    ['valid_image_paths.csv', 'valid_image_paths.csv'],
  ])('leaves the name %s to the run', async (file, path) => {
    const refusal = await catchRefusal(commandBundle({}, { 'src/predict.py': '', [path]: '' }));
    expect(refusal.code).toBe('archive_name_reserved');
    expect(refusal.problems).toEqual([expect.objectContaining({ file, found: `“${file}” at the top of the bundle` })]);
    await openAndCheck(commandBundle({}, { 'src/predict.py': '', [`src/${path}`]: '' }));
  });

  it('is told all its problems at once', async () => {
    const fields = { command: [...command, 'a.py', 'b.py'], memoryBytes: 1 };
    const refusal = await catchRefusal(commandBundle(fields, { 'src/predict.py': '', 'predictions.csv': '' }));
    const codes = refusal.problems.map(({ code }) => code);
    expect(codes).toEqual(['model_missing', 'model_missing', 'archive_name_reserved', 'manifest_invalid']);
  });
});

const reading = 'import sys\nprint(sys.argv[1])\n';

describe('a program without a manifest', () => {
  it.each<[string, string, Files]>([
    ['the only one', 'mine.py', { 'src/mine.py': '' }],
    [
      'the only one directly in src/',
      'mine.py',
      { 'src/mine.py': '', 'src/net/predict.py': reading, 'src/__init__.py': '' },
    ],
    ['with words beside it', 'mine.py', { 'src/mine.py': '', 'README.md': '', LICENSE: '', '.gitignore': '' }],
    ['in one folder', 'mine.py', { 'model/src/mine.py': '', 'model/README': '' }],
    ['beside litter', 'mine.py', { 'm/src/mine.py': '', '__MACOSX/m/src/._mine.py': '', 'm/.DS_Store': '' }],
    ['the only one that reads sys.argv', 'mine.py', { 'src/mine.py': reading, 'src/model.py': '' }],
    ['… argparse', 'mine.py', { 'src/mine.py': 'import os, argparse', 'src/model.py': 'gradient.clicks = 1 # fire' }],
    ['… click', 'mine.py', { 'src/mine.py': '@click.command()', 'src/model.py': '' }],
    ['… fire', 'mine.py', { 'src/mine.py': 'from fire import Fire', 'src/model.py': '' }],
    ['… the argv of sys', 'mine.py', { 'src/mine.py': 'from sys import argv', 'src/model.py': '' }],
    [
      'not what it imports',
      'mine.py',
      { 'src/mine.py': `${reading}import os, opts\n`, 'src/opts.py': reading, 'src/model.py': '' },
    ],
    [
      'of a usual name among several that read',
      'predict.py',
      { 'src/predict.py': reading, 'src/train.py': reading, 'src/test.py': '' },
    ],
    [
      'of a usual name where none reads',
      'main.py',
      { 'src/main.py': 'from src.opts import read', 'src/opts.py': reading },
    ],
    [
      'of a usual name, by an import of its folder',
      'main.py',
      { 'src/main.py': 'from . import opts', 'src/opts.py': reading },
    ],
  ])('is found: %s', async (_what, program, files) => {
    for (const archive of [
      zip(files),
      await buildTarGz(Object.entries(files).map(([path, data]) => ({ path, data }))),
    ]) {
      const { manifest } = await openAndCheck(archive);
      expect(manifest).toEqual({
        name: `src/${program}`,
        engine: 'command',
        command: ['python3', `src/${program}`, '{images_csv}', '{predictions_csv}'],
        threshold: 0.5,
        image: null,
        gpu: false,
        memoryBytes: null,
        timeLimitSeconds: null,
        environment: {},
      });
    }
  });

  it.each<[string, Files]>([
    ['two alike', { 'src/a.py': reading, 'src/b.py': reading }],
    ['two of a usual name', { 'src/predict.py': reading, 'src/main.py': reading, 'src/a.py': reading }],
    ['none that reads', { 'src/a.py': '', 'src/b.py': '' }],
    ['arguments read only after the first MiB', { 'src/a.py': `${'#'.repeat(2 ** 20)}\n${reading}`, 'src/b.py': '' }],
  ])('is refused, with what to write: %s', async (_what, files) => {
    const refusal = await catchRefusal(zip({ ...files, 'README.md': 'x'.repeat(2 ** 16) }), {
      maxEntries: 100,
      maxRatio: 10_000,
      unpackedSizeBytes: 2 ** 24,
    });
    expect(refusal.code).toBe('program_ambiguous');
    for (const path of Object.keys(files)) expect(refusal.detail).toContain(`“${path}”`);
    expect(refusal.detail).toContain('"command":["python3","src/PROGRAM.py","{images_csv}","{predictions_csv}"]');
    expect(refusal.problems).toHaveLength(1);
  });

  it.each(['src/model.bin', 'src/net/deep.py', 'src/__init__.py'])('is not found in %s', async (path) => {
    const refusal = await catchRefusal(zip({ [path]: '' }));
    expect(refusal.code).toBe('program_ambiguous');
    expect(refusal.detail).toContain('no .py file directly in src/');
  });

  it('is refused for a name that can’t be shown', async () => {
    expect((await catchRefusal(zip({ 'src/\u202ea.py': '' }))).code).toBe('program_ambiguous');
    expect((await catchRefusal(zip({ [`src/${'a'.repeat(200)}.py`]: '' }))).code).toBe('program_ambiguous');
  });

  it.each(['model.onnx', 'data/x.txt', 'predictions.csv'])('has no other file beside it, such as %s', async (path) => {
    const refusal = await catchRefusal(zip({ 'src/predict.py': '', [path]: '' }));
    expect(refusal.code).toBe('manifest_missing');
    expect(refusal.detail).toContain(`there is ${path}`);
  });

  it('reads a tar.gz of many programs in one pass', async () => {
    const entries = Array.from({ length: 2000 }, (_, place) => ({ path: `src/p${place}.py`, data: 'x'.repeat(2000) }));
    const archive = await buildTarGz(entries);
    const limits = { maxEntries: 3000, maxRatio: 10_000, unpackedSizeBytes: 2 ** 24 };
    const refusal = await catchRefusal(archive, limits);
    expect(refusal.detail).toContain('… (+1980)');
  });
});

describe('the root of a bundle', () => {
  it.each<[string, string[], string[]]>([
    ['src/ alone is no wrapping', ['src/a.py', 'src/b/c.py'], ['src/a.py', 'src/b/c.py']],
    ['a folder with src/', ['m/src/a.py', 'm/README'], ['src/a.py', 'README']],
    ['a folder src with a manifest', ['src/holdout.json', 'src/a.py'], ['holdout.json', 'a.py']],
    ['a folder with a manifest', ['m/holdout.json', 'm/x/y'], ['holdout.json', 'x/y']],
    ['src in src', ['src/src/a.py'], ['src/src/a.py']],
    ['two folders', ['m/src/a.py', 'n/b'], ['m/src/a.py', 'n/b']],
  ])('%s', async (_what, paths, expected) => {
    const bundle = await openArchive(toSource(buildZip(paths.map((path) => ({ path })))));
    expect(findBundleRoot(bundle).files.map(({ path }) => path)).toEqual(expected);
  });
});
