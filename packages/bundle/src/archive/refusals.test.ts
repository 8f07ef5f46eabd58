import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundleLimits } from '../limits.js';
import { openFolder } from '../node/open-folder.js';
import { buildOnnx } from '../testing/build-onnx.js';
import { buildTarGz } from '../testing/build-tar-gz.js';
import { buildZip } from '../testing/build-zip.js';
import { catchRefusal, openAndCheck } from '../testing/catch-refusal.js';

const manifest = JSON.stringify({ name: 'A model', engine: 'onnx', model: 'model.onnx' });
const good = [
  { path: 'holdout.json', data: manifest },
  { path: 'model.onnx', data: buildOnnx() },
];
const kinds = {
  zip: async (entries: { path: string; data?: Uint8Array | string }[]) => buildZip(entries),
  'tar.gz': buildTarGz,
};

describe.each(Object.entries(kinds))('%s', (_kind, build) => {
  it('accepts a good bundle, also one that is wrapped in a folder, and skips what macOS adds', async () => {
    expect((await openAndCheck(await build(good))).manifest.name).toBe('A model');
    const litter = [
      { path: '__MACOSX/my/._model.onnx', data: 'x' },
      { path: 'my/.DS_Store', data: 'x' },
      { path: 'my/._model.onnx', data: 'x' },
    ];
    const wrapped = good.map((entry) => ({ ...entry, path: `my/${entry.path}` }));
    const { files } = await openAndCheck(await build([...litter, ...wrapped]));
    expect(files.files.map(({ path }) => path).sort()).toEqual(['holdout.json', 'model.onnx']);
  });

  it.each(['../evil', 'a/../../evil', '/etc/passwd', 'C:/evil', 'a\\b', 'a//b', 'a/./b', 'a\nb', 'a\u0007b'])(
    'refuses the path %j',
    async (path) => {
      const refusal = await catchRefusal(await build([...good, { path, data: 'x' }]));
      expect(refusal.code).toBe('archive_path_unsafe');
      expect(refusal.problems[0]?.file).toContain(JSON.stringify(path).slice(1, -1));
    },
  );

  it.each([
    ['the same name twice', ['a.txt', 'a.txt']],
    ['names that differ in case', ['Model.ONNX', 'model.onnx']],
    ['names that differ in the spelling of an accent', ['caf\u00e9', 'cafe\u0301']],
    ['a file that is a folder too', ['a', 'a/b']],
  ])('refuses %s', async (_what, paths) => {
    const extra = paths.filter((path) => path !== 'model.onnx').map((path) => ({ path, data: 'x' }));
    expect((await catchRefusal(await build([...good, ...extra]))).code).toBe('archive_name_clash');
  });

  it('refuses more than 10,000 entries', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ({ path: `f${index}`, data: '' }));
    const refusal = await catchRefusal(await build(many));
    expect(refusal.code).toBe('archive_too_many_entries');
    expect(refusal.message).toMatch(/at most 10000/);
  });

  it.each([
    ['a name', 'ä'.repeat(128), 'a name of 256 bytes'],
    ['a path', `${'a/'.repeat(20)}${'b'.repeat(250)}/`.repeat(4), 'a path of'],
    ['a row of folders', `${'a/'.repeat(32)}b`, '33 names'],
  ])('refuses %s that is too long for a disk', async (_what, path, found) => {
    const refusal = await catchRefusal(await build([...good, { path: path.replace(/\/$/, ''), data: 'x' }]));
    expect(refusal.code).toBe('archive_path_unsafe');
    expect(refusal.problems[0]?.message).toContain(found);
  });

  it('accepts names as long as a disk takes them', async () => {
    const entries = ['a'.repeat(255), `${'a/'.repeat(31)}b`].map((path) => ({ path, data: 'x' }));
    expect((await openAndCheck(await build([...good, ...entries]))).files.files).toHaveLength(4);
  });

  it('does not read on after a path that is too long', async () => {
    const long = Array.from({ length: 5 }, (_, place) => ({ path: `${place}${'/a'.repeat(600)}`, data: '' }));
    expect((await catchRefusal(await build([...good, ...long]))).problems).toHaveLength(1);
  });

  it('refuses contents over the limit, and says both sizes', async () => {
    const limits = { ...bundleLimits, unpackedSizeBytes: 10_000 };
    const refusal = await catchRefusal(await build([...good, { path: 'big', data: 'ab'.repeat(8000) }]), limits);
    expect(refusal.code).toBe('archive_too_large');
    expect(refusal.message).toMatch(/found [\d.]+ KiB of contents; expected at most 9\.77 KiB/);
  });

  it('refuses contents over 200 times the archive', async () => {
    const refusal = await catchRefusal(await build([...good, { path: 'bomb', data: Buffer.alloc(30_000_000) }]));
    expect(refusal.code).toBe('archive_ratio');
  });

  it('refuses an archive that is cut off, wherever', async () => {
    const whole = await build(good);
    for (let cut = 1; cut < 20; cut += 1) {
      const refusal = await catchRefusal(whole.subarray(0, Math.floor((whole.length * cut) / 20)));
      expect(['archive_truncated', 'archive_unreadable']).toContain(refusal.code);
    }
    expect((await catchRefusal(whole.subarray(0, whole.length - 10))).code).toBe('archive_truncated');
  });

  it('reports every problem, not only the first', async () => {
    const bad = [
      { path: '../a', data: '' },
      { path: '/b', data: '' },
      { path: 'c', data: '' },
      { path: 'C', data: '' },
    ];
    const refusal = await catchRefusal(await build([...good, ...bad]));
    expect(refusal.problems.map(({ code }) => code).sort()).toEqual([
      'archive_name_clash',
      'archive_path_unsafe',
      'archive_path_unsafe',
    ]);
  });
});

describe('what only a zip can do', () => {
  it.each([
    ['a link', 0o120777],
    ['a device', 0o020666],
    ['a pipe', 0o010644],
  ])('refuses %s', async (_what, mode) => {
    const refusal = await catchRefusal(buildZip([...good, { path: 'odd', data: '/etc/passwd', mode }]));
    expect(refusal.code).toBe('archive_entry_kind');
    expect(refusal.problems[0]?.file).toBe('“odd”');
  });

  it('refuses an encrypted entry', async () => {
    expect((await catchRefusal(buildZip([...good, { path: 'secret', data: 'x', encrypted: true }]))).code).toBe(
      'archive_encrypted',
    );
  });

  it('counts overlapping entries as often as they are named', async () => {
    const kernel = { path: 'kernel', data: Buffer.alloc(900_000) };
    const copies = Array.from({ length: 30 }, (_, index) => ({ ...kernel, path: `copy${index}`, overlapFirst: true }));
    expect((await catchRefusal(buildZip([kernel, ...copies, ...good]))).code).toBe('archive_ratio');
  });

  it('refuses two entries that share the same bytes, however small', async () => {
    const first = { path: 'a', data: 'hello' };
    const refusal = await catchRefusal(buildZip([first, { ...first, path: 'b', overlapFirst: true }, ...good]));
    expect(refusal.message).toMatch(/share the same bytes|another/i);
  });

  it.each([10, 90_000])('refuses an entry of 50,000 bytes that declares %d', async (declaredSizeBytes) => {
    const liar = { path: 'liar', data: Buffer.alloc(50_000, 'abcdefgh'), declaredSizeBytes };
    expect((await catchRefusal(buildZip([...good, liar]))).message).toMatch(/liar/);
  });

  it('refuses damaged contents', async () => {
    const bytes = Buffer.from(buildZip([{ path: 'data.bin', data: Buffer.from('0123456789'.repeat(50)) }, ...good]));
    bytes.writeUInt8(bytes.readUInt8(45) ^ 0xff, 45);
    expect((await catchRefusal(bytes)).code).toMatch(/^archive_/);
  });
});

describe('what only a tar can do', () => {
  it.each([
    ['symlink', { type: 'symlink', linkTo: '/etc/passwd' }],
    ['hard link', { type: 'link', linkTo: 'holdout.json' }],
    ['character device', { type: 'character-device' }],
    ['block device', { type: 'block-device' }],
    ['pipe', { type: 'fifo' }],
  ] as const)('refuses a %s', async (_what, odd) => {
    expect((await catchRefusal(await buildTarGz([...good, { path: 'odd', ...odd }]))).code).toBe('archive_entry_kind');
  });

  it('passes over the size of a folder, which no contents follow', async () => {
    const folder = { path: 'folder/', type: 'directory' as const, declaredSizeBytes: 512 };
    const tar = await buildTarGz([folder, ...good, { path: 'folder/notes.txt', data: 'text' }]);
    expect((await openAndCheck(tar)).files.files).toHaveLength(3);
  });

  it('counts what the gzip really holds', async () => {
    const tar = gunzipSync(await buildTarGz(good));
    const bomb = gzipSync(Buffer.concat([tar, Buffer.alloc(60_000_000)]));
    expect((await catchRefusal(bomb)).code).toBe('archive_ratio');
  });
});

describe('made by the tools that people use', () => {
  it('accepts what GNU tar packs from within a folder, and refuses its links', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdout-bundle-'));
    try {
      await writeFile(join(folder, 'holdout.json'), manifest);
      await writeFile(join(folder, 'model.onnx'), buildOnnx());
      execFileSync('tar', ['-czf', `${folder}.tgz`, '-C', folder, '.']);
      expect((await openAndCheck(await readFile(`${folder}.tgz`))).files.files).toHaveLength(2);
      await symlink('/etc/passwd', join(folder, 'link'));
      execFileSync('tar', ['-czf', `${folder}.tgz`, '-C', folder, '.']);
      expect((await catchRefusal(await readFile(`${folder}.tgz`))).code).toBe('archive_entry_kind');
      await expect(openFolder(folder)).rejects.toMatchObject({ code: 'archive_entry_kind' });
    } finally {
      await rm(folder, { recursive: true, force: true });
      await rm(`${folder}.tgz`, { force: true });
    }
  });

  it.each(['', 'hello, I am no archive', '\x1f\x8bbroken gzip', 'PK\x03\x04broken zip'])('refuses %j', async (text) => {
    expect((await catchRefusal(Buffer.from(text, 'latin1'))).code).toMatch(/^archive_(unreadable|truncated)$/);
  });
});
