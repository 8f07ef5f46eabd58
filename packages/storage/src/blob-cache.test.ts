import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cacheBlobs } from './blob-cache.js';
import { createDiskStorage } from './disk-storage.js';
import type { Storage } from './storage.js';

let folder: string;
let storage: Storage;
let digests: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-cache-'));
  storage = await createDiskStorage({ directory: join(folder, 'far') });
  await mkdir(join(folder, 'use'));
  const puts = Array.from({ length: 6 }, () => storage.put(once(randomBytes(100_000))));
  digests = (await Promise.all(puts)).map(({ digest }) => digest);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const directory = () => join(folder, 'cache');
const openCache = (limitBytes = 10_000_000) => cacheBlobs(storage, { directory: directory(), limitBytes });
const listCached = async () => (await readdir(join(directory(), 'blobs'))).sort();
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
let uses = 0;
async function use(cache: Storage, digest = ''): Promise<string> {
  uses += 1;
  const path = join(folder, 'use', String(uses));
  // Times of use have whole milliseconds.
  await new Promise((resolve) => setTimeout(resolve, 5));
  await cache.materialise(digest, path);
  expect(await sha256(path)).toBe(digest);
  return path;
}

it('brings a blob once, for all processes, and needs the storage no more', async () => {
  const [digest] = digests;
  const [one, other] = [await openCache(), await openCache()];
  await Promise.all(Array.from({ length: 10 }, (_, index) => use(index % 2 ? one : other, digest)));
  expect(await listCached()).toEqual([digest]);
  expect(await readdir(join(directory(), 'fetching'))).toEqual([]);
  await rm(join(folder, 'far'), { recursive: true });
  const path = await use(await openCache(), digest);
  expect((await stat(path)).mode & 0o222).toBe(0);
  await expect(one.materialise(digest ?? '', path)).rejects.toThrow();
});

it('never hands out what was damaged, and brings it again', async () => {
  const [digest = ''] = digests;
  const cache = await openCache();
  await use(cache, digest);
  const blob = join(directory(), 'blobs', digest);
  const { atime, mtime } = await stat(blob);
  for (const wrong of [Buffer.alloc(100_000), Buffer.alloc(0)]) {
    await rm(blob);
    await writeFile(blob, wrong);
    await utimes(blob, atime, mtime);
    await use(cache, digest);
  }
});

it('hands on that a blob is missing, and keeps nothing of it', async () => {
  const cache = await openCache();
  const absent = '0'.repeat(64);
  await expect(cache.materialise(absent, join(folder, 'use', 'x'))).rejects.toMatchObject({ code: 'storage_damaged' });
  expect(await readdir(join(directory(), 'fetching'))).toEqual([]);
  await expect(cache.materialise('../x', join(folder, 'use', 'x'))).rejects.toThrow();
});

it('keeps what was used last, within its limit; what is in use stays', async () => {
  const cache = await openCache(350_000);
  const paths: string[] = [];
  for (const digest of digests.slice(0, 3)) paths.push(await use(cache, digest));
  await use(cache, digests[0]);
  for (const digest of digests.slice(3, 5)) paths.push(await use(cache, digest));
  expect(await listCached()).toEqual([digests[0], ...digests.slice(3, 5)].sort());
  for (const [place, path] of paths.entries()) expect(await sha256(path)).toBe(digests[place]);
});

it('serves what is larger than its limit', async () => {
  const cache = await openCache(1000);
  for (const digest of digests) await use(cache, digest);
  expect((await listCached()).length).toBeLessThanOrEqual(1);
});

it('goes on where a process was killed that was bringing a blob', async () => {
  const [digest = ''] = digests;
  const module = new URL('../dist/index.js', import.meta.url).href;
  const script = `
    const { cacheBlobs, createDiskStorage } = await import(${JSON.stringify(module)});
    const far = await createDiskStorage({ directory: ${JSON.stringify(join(folder, 'far'))} });
    // A link that is slow, and then dead.
    const { writeFile } = await import('node:fs/promises');
    const slow = Object.assign(Object.create(far), { materialise: async (digest, path) => {
      await writeFile(path, 'half');
      console.log('fetching');
      await new Promise((resolve) => setTimeout(resolve, 1e6));
    } });
    const cache = await cacheBlobs(slow, { directory: ${JSON.stringify(directory())}, limitBytes: 1e7 });
    await cache.materialise(${JSON.stringify(digest)}, ${JSON.stringify(join(folder, 'use', 'killed'))});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const cache = await openCache();
  let done = false;
  const using = use(cache, digest).then(() => {
    done = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  // While the other lives it is waited for.
  expect(done).toBe(false);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const [mark = ''] = (await readdir(join(directory(), 'fetching'))).filter((name) => name.endsWith('.mark'));
  const minuteAgo = new Date(Date.now() - 60_000);
  await utimes(join(directory(), 'fetching', mark), minuteAgo, minuteAgo);
  await using;
  // Its half file is removed once nobody can be writing it.
  const [half = ''] = await readdir(join(directory(), 'fetching'));
  const hoursAgo = new Date(Date.now() - 2 * 3600_000);
  await utimes(join(directory(), 'fetching', half), hoursAgo, hoursAgo);
  await openCache();
  expect(await readdir(join(directory(), 'fetching'))).toEqual([]);
});

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
