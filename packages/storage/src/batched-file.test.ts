import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { type AlignedSlot, takeAlignedSlot } from './aligned-memory.js';
import { appendDurably, BatchedFile } from './batched-file.js';
import { FileHash } from './file-hash.js';
import { FileWriter } from './file-writer.js';

const mebibyte = 1024 * 1024;
/** From here on the kernel's memory is passed by. */
const far = 64 * mebibyte;
const sha256 = (...all: Buffer[]) =>
  all.reduce((hash, bytes) => hash.update(bytes), createHash('sha256')).digest('hex');

let path: string;
beforeEach(async () => {
  // Not the folder for temporary files, which may be no disk.
  path = join(await mkdtemp('/var/tmp/holdout-batched-'), 'file');
});
afterEach(() => rm(join(path, '..'), { recursive: true, force: true }));

/** Each slot that nobody uses, for a moment. */
function countFreeSlots(): number {
  const slots = takeAllSlots();
  for (const slot of slots) slot.free();
  return slots.length;
}

function takeAllSlots(): AlignedSlot[] {
  const slots: AlignedSlot[] = [];
  for (let slot = takeAlignedSlot(); slot; slot = takeAlignedSlot()) slots.push(slot);
  return slots;
}

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** A file of zeros up to `start`, and the hash of it. */
async function begin(start: number): Promise<FileHash> {
  const hash = new FileHash(path);
  hash.add(Buffer.alloc(start));
  await writeFile(path, '');
  await truncate(path, start);
  void hash.written(start);
  return hash;
}

async function readFrom(start: number): Promise<Buffer> {
  return (await readFile(path)).subarray(start);
}

/** Hears how many bytes each write puts where, and whether it goes past the kernel's memory: a flag of its descriptor. */
async function watchWrites() {
  const handle = await open('/dev/null', 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const written = { directly: 0, ordinarily: 0 };
  const writev = prototype.writev;
  const watched = vi.spyOn(prototype, 'writev').mockImplementation(async function (this: FileHandle, chunks, position) {
    const flags = /flags:\s+([0-7]+)/.exec(readFileSync(`/proc/self/fdinfo/${this.fd}`, 'utf8'))?.[1] ?? '';
    const result = await writev.call(this, chunks, position);
    const isDirect = (Number.parseInt(flags, 8) & 0o40000) !== 0;
    written[isDirect ? 'directly' : 'ordinarily'] += result.bytesWritten;
    return result as never;
  });
  onTestFinished(() => watched.mockRestore());
  return written;
}

it.each([
  { start: far, sizeBytes: 6 * mebibyte, pieceBytes: 65_536, ordinarily: 0 },
  { start: far, sizeBytes: 6 * mebibyte + 1, pieceBytes: 65_537, ordinarily: 1 },
  { start: far + 1, sizeBytes: 6 * mebibyte, pieceBytes: 3_000_001, ordinarily: 4095 + 1 },
  { start: far + 4095, sizeBytes: 2 * mebibyte + 77, pieceBytes: 65_536, ordinarily: 1 + 4095 + 77 },
  // What is left at the end is not even one slot.
  { start: far + 4097, sizeBytes: 2 * mebibyte, pieceBytes: 999, ordinarily: 4095 + 1 },
  { start: far - 100_000, sizeBytes: 2 * mebibyte, pieceBytes: 50_000, ordinarily: 21 * 50_000 + 288 + 2384 },
  { start: 0, sizeBytes: 3 * mebibyte, pieceBytes: 65_536, ordinarily: 3 * mebibyte },
])(
  'writes $sizeBytes bytes in pieces of $pieceBytes from $start on, and $ordinarily of them through the kernel’s memory',
  async ({ start, sizeBytes, pieceBytes, ordinarily }) => {
    const bytes = randomBytes(sizeBytes);
    const hash = await begin(start);
    const written = await watchWrites();
    expect(await appendDurably(path, inPieces(bytes, pieceBytes), { start, hash })).toBe(start + sizeBytes);
    expect((await readFrom(start)).equals(bytes)).toBe(true);
    expect(await hash.digest()).toBe(sha256(Buffer.alloc(start), bytes));
    expect(written).toEqual({ directly: sizeBytes - ordinarily, ordinarily });
  },
);

it('goes on with what an upload that broke off has left, and nothing of it is lost or held', async () => {
  const free = countFreeSlots();
  const [first, second] = [randomBytes(5 * mebibyte + 4321), randomBytes(4 * mebibyte + 1)];
  const broken = new Error('the link broke');
  async function* breakOff() {
    yield* inPieces(first, 65_536);
    throw broken;
  }
  (await begin(far)).forget();
  await expect(appendDurably(path, breakOff(), { start: far, hash: null })).rejects.toBe(broken);
  expect((await readFrom(far)).equals(first)).toBe(true);
  const end = await appendDurably(path, inPieces(second, 65_536), { start: far + first.length, hash: null });
  expect(end).toBe(far + first.length + second.length);
  expect((await readFrom(far)).equals(Buffer.concat([first, second]))).toBe(true);
  expect(countFreeSlots()).toBe(free);
});

it('gives the memory back also where a file is given up in the middle, and takes none for one that is not to last', async () => {
  const free = countFreeSlots();
  (await begin(far)).forget();
  const handle = await open(path, 'r+');
  const bytes = randomBytes(5 * mebibyte + 4321);
  const givenUp = new BatchedFile(handle, { durable: true, start: far, hash: null });
  await givenUp.add(bytes);
  expect(countFreeSlots()).toBeLessThan(free);
  await givenUp.settle();
  expect(countFreeSlots()).toBe(free);

  const written = await watchWrites();
  const passing = new BatchedFile(handle, { durable: false, start: far, hash: null });
  await passing.add(bytes);
  expect(countFreeSlots()).toBe(free);
  await passing.end();
  await passing.settle();
  await handle.close();
  expect(written).toEqual({ directly: 0, ordinarily: bytes.length });
});

it('writes as any other what a disk turns out to want aligned otherwise', async () => {
  (await begin(far)).forget();
  const handle = await open(path, 'r+');
  const writer = new FileWriter(handle, { durable: true, start: far });
  expect(await writer.wantsAligned(far)).toBe(true);
  const bytes = randomBytes(2 * mebibyte + 3);
  // None of their lengths is what is said of them.
  const pieces = [100_001, 1_900_000].map((at, place) => bytes.subarray(place * 100_001, at));
  await writer.write([...pieces.map((piece) => ({ bytes: piece, isAligned: true }))]);
  expect(await writer.wantsAligned(far)).toBe(false);
  await writer.write([{ bytes: bytes.subarray(1_900_000), isAligned: true }]);
  await writer.sync();
  await writer.settle();
  await handle.close();
  expect((await readFrom(far)).equals(bytes)).toBe(true);
});

it('writes what a sender that falls silent has sent, and lets others have its memory', async () => {
  const free = countFreeSlots();
  const bytes = randomBytes(3 * mebibyte + 70_000);
  let goOn = () => {};
  const silence = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  async function* fallSilent() {
    yield* inPieces(bytes.subarray(0, mebibyte + 70_001), 65_536);
    await silence;
    yield* inPieces(bytes.subarray(mebibyte + 70_001), 65_536);
  }
  const hash = await begin(far);
  const appending = appendDurably(path, fallSilent(), { start: far, hash });
  await expect.poll(async () => (await stat(path)).size, { timeout: 20_000 }).toBe(far + mebibyte + 70_001);
  await expect.poll(countFreeSlots, { timeout: 20_000 }).toBe(free);
  goOn();
  await appending;
  expect((await readFrom(far)).equals(bytes)).toBe(true);
  expect(await hash.digest()).toBe(sha256(Buffer.alloc(far), bytes));
});

it('takes no more memory than there is: what finds none, now or for a while, is written as it comes', async () => {
  const bytes = randomBytes(20 * mebibyte + 5);
  const written = await watchWrites();
  const taken = takeAllSlots();
  expect(taken.length).toBe(32);
  async function* whileOthersTake() {
    let count = 0;
    for await (const piece of inPieces(bytes, 600_000)) {
      yield piece;
      count += 1;
      if (count % 12 === 0) taken.push(...takeAllSlots());
      else if (count > 5) taken.pop()?.free();
    }
  }
  const hash = await begin(far);
  await appendDurably(path, whileOthersTake(), { start: far, hash });
  expect((await readFrom(far)).equals(bytes)).toBe(true);
  expect(await hash.digest()).toBe(sha256(Buffer.alloc(far), bytes));
  expect(Math.min(written.directly, written.ordinarily)).toBeGreaterThan(2 * mebibyte);
  for (const slot of taken) slot.free();
});

it('keeps many files apart that come at the same time, and is given back all the memory', async () => {
  const free = countFreeSlots();
  const directory = join(path, '..');
  const all = Array.from({ length: 12 }, (_, place) => randomBytes((4 + place) * mebibyte + place * 1001));
  await Promise.all(
    all.map(async (bytes, place) => {
      const file = join(directory, String(place));
      await writeFile(file, '');
      await truncate(file, far);
      const appending = appendDurably(file, inPieces(bytes, 100_000 + place), { start: far, hash: null });
      expect(await appending).toBe(far + bytes.length);
      expect((await readFile(file)).subarray(far).equals(bytes)).toBe(true);
      await rm(file);
    }),
  );
  expect(countFreeSlots()).toBe(free);
});

it('has no hole where its process was killed', async () => {
  const script = `
    const { appendDurably } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const pattern = Uint32Array.from({ length: 25_000 }, (_, place) => place);
    async function* pieces() {
      for (let from = 0; ; from += pattern.length) yield Buffer.from(pattern.map((word) => word + from).buffer);
    }
    await appendDurably(${JSON.stringify(path)}, pieces(), { start: ${far + 4}, hash: null });`;
  (await begin(far + 4)).forget();
  const child = spawn(process.execPath, ['-e', `(async () => {${script}})()`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await expect.poll(async () => (await stat(path)).size, { timeout: 60_000 }).toBeGreaterThan(far + 80 * mebibyte);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const left = await readFrom(far + 4);
  let wrong = 0;
  for (let at = 0; at + 4 <= left.length; at += 4) if (left.readUInt32LE(at) !== at / 4) wrong += 1;
  expect(wrong).toBe(0);
}, 90_000);

it.each([
  {
    kind: 'a file system that has no such way',
    mount: ['-t', 'ramfs', 'ramfs'],
    sizes: [70, 66],
    stored: ['70', '66'],
  },
  {
    kind: 'a disk that is full',
    mount: ['-t', 'tmpfs', '-o', 'size=90m', 'tmpfs'],
    sizes: [99, 85, 99],
    stored: ['storage_full', '85', 'storage_full'],
  },
])(
  'writes to $kind what it can',
  async ({ mount, sizes, stored }) => {
    const directory = join(path, '..');
    const module = (name: string) => JSON.stringify(new URL(`../dist/${name}.js`, import.meta.url).href);
    const script = `
    const { createDiskStorage } = await import(${module('index')});
    const { takeAlignedSlot } = await import(${module('aligned-memory')});
    const { createHash, randomBytes } = await import('node:crypto');
    const { readdir } = await import('node:fs/promises');
    const storage = await createDiskStorage({ directory: ${JSON.stringify(directory)} });
    const piece = randomBytes(1_000_003);
    async function put(megabytes) {
      const hash = createHash('sha256');
      async function* pieces() {
        for (let count = 0; count < megabytes; count += 1) {
          hash.update(piece);
          yield piece;
        }
      }
      const { digest } = await storage.put(pieces());
      if (digest !== hash.digest('hex')) return 'wrong';
      await storage.path(digest);
      await storage.remove(digest, { unlessPutSince: new Date(Date.now() + 1000) });
      return String(megabytes);
    }
    const answers = [];
    for (const megabytes of ${JSON.stringify(sizes)}) answers.push(await put(megabytes).catch((error) => error.code));
    // Of what did not fit some may still be hashed.
    let slots = 0;
    for (let time = 0; slots < 32 && time < 1000; time += 1) {
      while (takeAlignedSlot()) slots += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const unfinished = await readdir(${JSON.stringify(join(directory, 'unfinished'))});
    console.log(JSON.stringify({ answers, slots, unfinished }));`;
    const mounted = `mount ${mount.join(' ')} "$0" && exec "$@"`;
    const node = [process.execPath, '-e', `(async () => {${script}})()`];
    const wrapped = ['--map-root-user', '--mount', 'sh', '-c', mounted, directory, ...node];
    const child = spawn('unshare', wrapped, { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(JSON.parse(await text(child.stdout))).toEqual({ answers: stored, slots: 32, unfinished: [] });
  },
  60_000,
);
