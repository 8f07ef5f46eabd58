import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileHash } from './file-hash.js';

let thread: Worker | undefined;
process.on('worker', (started) => {
  thread = started;
});

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const mebibyte = 1024 * 1024;

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'holdout-hash-')), 'file');
});
afterEach(() => rm(join(path, '..'), { recursive: true, force: true }));

/** Adds and writes all of it, in pieces. */
async function write(hash: FileHash, bytes: Buffer, pieceBytes: number): Promise<void> {
  await writeFile(path, '');
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    hash.add(piece);
    await writeFile(path, piece, { flag: 'a' });
    hash.written(at + piece.length);
  }
}

it.each([0, 1, mebibyte, mebibyte + 1, 5 * mebibyte])('is the sha256 of a file of %i bytes', async (sizeBytes) => {
  const bytes = randomBytes(sizeBytes);
  const hash = new FileHash(path);
  await write(hash, bytes, 300_000);
  expect(hash.sizeBytes).toBe(sizeBytes);
  expect(await hash.digest()).toBe(sha256(bytes));
});

it('keeps files apart that are written at the same time, and one that is given up from those that go on', async () => {
  const all = Array.from({ length: 4 }, () => randomBytes(2 * mebibyte));
  const hashes = all.map((_, place) => new FileHash(`${path}-${place}`));
  for (const [place, bytes] of all.entries()) {
    await writeFile(`${path}-${place}`, bytes);
    hashes[place]?.add(bytes);
    hashes[place]?.written(mebibyte);
  }
  hashes[0]?.forget();
  const digests = await Promise.all(hashes.slice(1).map((hash) => hash.digest()));
  expect(digests).toEqual(all.slice(1).map(sha256));
});

it('is told to no thread once it is given up or asked for, though a write ends late', async () => {
  const bytes = randomBytes(2 * mebibyte);
  const [forgotten, ended] = [new FileHash(path), new FileHash(path)];
  await write(ended, bytes, mebibyte);
  expect(await ended.digest()).toBe(sha256(bytes));
  if (!thread) throw new Error('No thread was started.');
  forgotten.add(bytes);
  forgotten.forget();
  const orders = vi.spyOn(thread, 'postMessage');
  for (const hash of [forgotten, ended]) {
    hash.written(bytes.length);
    hash.forget();
  }
  expect(orders).not.toHaveBeenCalled();
});

it('reads the file at the end, where it could not be followed', async () => {
  const bytes = randomBytes(2 * mebibyte);
  const hash = new FileHash(path);
  hash.add(bytes);
  // It is not there yet.
  hash.written(mebibyte);
  const other = new FileHash(`${path}-other`);
  await writeFile(`${path}-other`, bytes);
  other.add(bytes);
  // The thread has tried both when it has answered this.
  await other.digest();
  await writeFile(path, bytes);
  expect(await hash.digest()).toBe(sha256(bytes));
});

it('goes on with another thread where one ended', async () => {
  const all = [randomBytes(2 * mebibyte), randomBytes(3 * mebibyte)];
  const hashes = all.map((_, place) => new FileHash(`${path}-${place}`));
  for (const [place, bytes] of all.entries()) {
    await writeFile(`${path}-${place}`, bytes);
    hashes[place]?.add(bytes);
    hashes[place]?.written(mebibyte);
  }
  const before = thread;
  // No order at all: it ends by this, before it hears of the ends.
  before?.postMessage(null);
  expect(await Promise.all(hashes.map((hash) => hash.digest()))).toEqual(all.map(sha256));
  expect(thread).not.toBe(before);
});

it('is told by the thread, or by its end, that shared memory was read', async () => {
  const bytes = randomBytes(5 * mebibyte);
  await writeFile(path, bytes);
  const shared = Buffer.from(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const hash = new FileHash(path);
  hash.add(bytes);
  // The first is read from the file, the second is not.
  await hash.written(2 * mebibyte, shared.subarray(mebibyte, 2 * mebibyte));
  await writeFile(path, Buffer.alloc(bytes.length));
  await hash.written(3 * mebibyte, shared.subarray(2 * mebibyte, 3 * mebibyte));
  await writeFile(path, bytes);
  const before = thread;
  before?.postMessage(null);
  await hash.written(4 * mebibyte, shared.subarray(3 * mebibyte, 4 * mebibyte));
  await hash.written(5 * mebibyte, shared.subarray(4 * mebibyte));
  expect(await hash.digest()).toBe(sha256(bytes));
  expect(thread).not.toBe(before);
});

it('says where the file ends before what was added, and where there is none', async () => {
  const bytes = randomBytes(3 * mebibyte);
  const cut = new FileHash(path);
  await write(cut, bytes, mebibyte);
  cut.add(bytes);
  await expect(cut.digest()).rejects.toMatchObject({ code: 'storage_unavailable' });

  const absent = new FileHash(`${path}-absent`);
  absent.add(bytes);
  await expect(absent.digest()).rejects.toMatchObject({ code: 'storage_unavailable' });
});
