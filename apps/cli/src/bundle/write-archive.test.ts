import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFiles } from '../testing/make-folder.js';
import { writeArchive } from './write-archive.js';

const path = 'a.txt';

/** A bundle that is cut off after its first bytes where `isBroken`. */
function makeBundle(isBroken: boolean) {
  async function* stream() {
    yield new Uint8Array(100_000);
    if (isBroken) throw new Error('the disk has a fault');
  }
  const file = { path, sizeBytes: 100_000 };
  async function* walk() {
    yield { file, chunks: stream() };
  }
  return { files: { kind: 'folder' as const, files: [file], litter: [], stream, walk } };
}

it('keeps a file that appeared after it was looked for', async () => {
  const folder = await makeFiles({ 'kept.zip': 'precious' });
  const { signal } = new AbortController();
  const options = { path: join(folder, 'kept.zip'), overwrite: false, signal };
  await expect(writeArchive(makeBundle(false), options)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(options.path, 'utf8')).toBe('precious');
});

it.each([true, false])('leaves nothing half behind, and an older archive alone (overwrite: %s)', async (overwrite) => {
  const folder = await makeFiles({ 'old.zip': 'precious' });
  const options = { path: join(folder, overwrite ? 'old.zip' : 'new.zip'), overwrite };
  const { signal } = new AbortController();
  await expect(writeArchive(makeBundle(true), { ...options, signal })).rejects.toThrow('fault');
  const aborted = AbortSignal.abort(new Error('Ctrl-C'));
  await expect(writeArchive(makeBundle(false), { ...options, signal: aborted })).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['old.zip']);
  expect(await readFile(join(folder, 'old.zip'), 'utf8')).toBe('precious');
});
