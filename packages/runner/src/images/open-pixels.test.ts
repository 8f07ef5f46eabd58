import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { constants, mkdtemp, open, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ResolvedModelManifest } from '@holdout/contracts';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { decodeImage } from './decode-image.js';
import { openPixels, type Pixels } from './open-pixels.js';
import { countPixelBytes, toPixelFormat } from './pixel-format.js';
import type { PixelSet } from './pixel-set.js';
import type { RunImage } from './run-image.js';

type Input = ResolvedModelManifest['input'];

let pictures: string;
let images: (RunImage & { path: string; digest: string })[];
beforeAll(async () => {
  pictures = await mkdtemp(join(tmpdir(), 'holdout-pictures-'));
  images = await Promise.all(Array.from({ length: 12 }, (_, place) => drawNoise(`${place}.png`)));
});
afterAll(() => rm(pictures, { recursive: true, force: true }));

async function drawNoise(name: string) {
  const png = await sharp(randomBytes(40 * 30), { raw: { width: 40, height: 30, channels: 1 } })
    .png()
    .toBuffer();
  const path = join(pictures, name);
  await writeFile(path, png);
  return { path, digest: createHash('sha256').update(png).digest('hex') };
}

let directory: string;
const opened: Pixels[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdout-pixels-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((pixels) => pixels.close()));
  await rm(directory, { recursive: true, force: true });
});

/** As another process of the machine would: nothing but the folder is shared. */
async function openAnother(limitBytes = 1e9, into = directory): Promise<Pixels> {
  const pixels = await openPixels({ directory: into, limitBytes });
  opened.push(pixels);
  return pixels;
}

const input: Input = {
  name: 'x',
  width: 24,
  height: 16,
  channels: 1,
  layout: 'nchw',
  resize: 'stretch',
  scale: 1 / 255,
  mean: [0],
  std: [1],
  fixedBatchSize: null,
};

async function readAll(set: PixelSet, count: number, wanted = input): Promise<Buffer> {
  const bytes: Buffer[] = [];
  for await (const { segment, place, count: some } of set.read(0, count)) {
    const size = countPixelBytes(wanted);
    const file = await open(segment.path, 'r');
    bytes.push((await file.read(Buffer.alloc(some * size), 0, some * size, place * size)).buffer);
    await file.close();
  }
  return Buffer.concat(bytes);
}

/** Opens a list, reads all of it, and compares it with what a decoder makes of the files now. */
async function expectRight(pixels: Pixels, list: typeof images, wanted = input): Promise<void> {
  const set = pixels.open(list, wanted);
  const expected = await Promise.all(list.map(({ path }) => decodeImage(path, toPixelFormat(wanted))));
  expect((await readAll(set, list.length, wanted)).equals(Buffer.concat(expected))).toBe(true);
  set.close();
}

const listKept = async () => (await readdir(join(directory, 'kept'))).map((name) => join(directory, 'kept', name));

/** Files are kept after the last image of them was handed out. */
const waitForKept = (count: number) => vi.waitFor(async () => expect(await listKept()).toHaveLength(count), 20_000);

it('finds decoded what any process has decoded, also where two do so at once', async () => {
  const [one, other] = [await openAnother(), await openAnother()];
  await Promise.all([expectRight(one, images), expectRight(other, images)]);
  await waitForKept(1);
  const decoded = one.countDecoded() + other.countDecoded();
  expect(decoded).toBeGreaterThanOrEqual(images.length);
  const later = await openAnother();
  await expectRight(later, images);
  await expectRight(one, images);
  await expectRight(other, images);
  expect(later.countDecoded()).toBe(0);
  expect(one.countDecoded() + other.countDecoded()).toBe(decoded);
  expect((await stat((await listKept())[0] ?? '')).mode & 0o777).toBe(0o444);
  expect((await stat(join(directory, 'kept'))).mode & 0o777).toBe(0o700);
});

it('never hands out what was damaged, decodes it anew and replaces it', async () => {
  await expectRight(await openAnother(), images);
  await waitForKept(1);
  const [kept = ''] = await listKept();
  const { size, atime, mtime } = await stat(kept);
  const flip = async (place: number) => {
    const file = await open(kept, 'r+');
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, place);
    await file.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, place);
    await file.close();
  };
  const damages = [
    () => flip(5),
    () => flip(size - 1),
    () => truncate(kept, size - 1),
    () => truncate(kept, 0),
    () => writeFile(kept, Buffer.alloc(size + 1)),
  ];
  const staying = await openAnother();
  for (const [place, damage] of damages.entries()) {
    // Once for who has seen it whole, and once for who has not and finds its times as they were.
    await damage();
    await expectRight(staying, images);
    await waitForWhole(kept, size);
    await damage();
    await utimes(kept, atime, mtime);
    const fresh = await openAnother();
    await expectRight(fresh, images);
    expect(fresh.countDecoded(), String(place)).toBe(images.length);
    await waitForWhole(kept, size);
  }
});

async function waitForWhole(path: string, size: number): Promise<void> {
  const isWhole = async () => {
    const bytes = await readFile(path);
    expect(bytes.length).toBe(size);
    expect(createHash('sha256').update(bytes.subarray(0, -32)).digest().equals(bytes.subarray(-32))).toBe(true);
  };
  await vi.waitFor(isWhole, 20_000);
}

it('shares what has the same pixels, and mixes up nothing that has not', async () => {
  const pixels = await openAnother();
  await expectRight(pixels, images);
  await waitForKept(1);
  const same: Input = { ...input, name: 'y', layout: 'nhwc', scale: 1, mean: [0.4], std: [0.2], fixedBatchSize: 4 };
  await expectRight(pixels, images, same);
  expect(pixels.countDecoded()).toBe(images.length);
  const others: Partial<Input>[] = [
    { width: 16, height: 24 },
    { channels: 3, mean: [0, 0, 0], std: [1, 1, 1] },
    { resize: 'contain' },
    { resize: 'cover' },
  ];
  for (const other of others) await expectRight(pixels, images, { ...input, ...other });
  await waitForKept(1 + others.length);
});

it('reads nothing of a test set as it was before an image of it was corrected', async () => {
  const pixels = await openAnother();
  await expectRight(pixels, images);
  const corrected = await drawNoise('corrected.png');
  await expectRight(pixels, images.with(4, corrected));
  await expectRight(pixels, images.toReversed());
  await expectRight(pixels, images.slice(1));
});

it('keeps what was used last, within its limit; what is being read stays', async () => {
  const segment = 12 * countPixelBytes(input) + 32;
  const pixels = await openAnother(2.5 * segment);
  const first = pixels.open(images, input);
  const expected = await readAll(first, images.length);
  await waitForKept(1);
  const lists = [images.toReversed(), images.with(0, images[1] ?? fail()), images.with(0, images[2] ?? fail())];
  for (const list of lists) {
    const before = await listKept();
    await expectRight(pixels, list);
    await vi.waitFor(async () => {
      const kept = await listKept();
      expect(kept.some((path) => !before.includes(path))).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(2);
    }, 20_000);
    // Times of use have whole seconds on some disks.
    await sleep(1100);
  }
  expect((await readAll(first, images.length)).equals(expected)).toBe(true);
  first.close();
  const before = pixels.countDecoded();
  await expectRight(pixels, lists[2] ?? []);
  expect(pixels.countDecoded()).toBe(before);
  await expectRight(pixels, images);
  expect(pixels.countDecoded()).toBe(before + images.length);
});

it('keeps nothing where the limit is 0, or an image is not known by its digest', async () => {
  const pixels = await openAnother(0);
  await expectRight(pixels, images);
  const set = (await openAnother()).open(
    images.map(({ path }) => ({ path })),
    input,
  );
  await readAll(set, images.length);
  set.close();
  expect(await listKept()).toEqual([]);
});

it('names the place of an image that can’t be read, and keeps nothing of its file', async () => {
  const broken = { path: join(pictures, 'broken.png'), digest: '0'.repeat(64) };
  await writeFile(broken.path, 'no picture');
  const pixels = await openAnother();
  const set = pixels.open(images.with(7, broken), input);
  await expect(readAll(set, images.length)).rejects.toMatchObject({
    code: 'internal',
    cause: { message: 'Image 8 of 12 can’t be decoded.' },
  });
  set.close();
  expect(await listKept()).toEqual([]);
  await expectRight(pixels, images);
});

it('hands on why an image could not be brought, and asks again the next time', async () => {
  const pixels = await openAnother();
  const [first, ...others] = images;
  let asked = 0;
  const path = async () => {
    asked += 1;
    if (asked === 1) throw new Error('The bucket is away.');
    return first?.path ?? '';
  };
  const list = [{ path, digest: first?.digest ?? '' }, ...others];
  await expect(readAll(pixels.open(list, input), images.length)).rejects.toMatchObject({ code: 'storage_unavailable' });
  const set = pixels.open(list, input);
  await readAll(set, images.length);
  set.close();
  await waitForKept(1);
  // Found decoded, its file is not asked for at all.
  await readAll(pixels.open(list, input), images.length);
  expect(asked).toBe(2);
});

it('says so where its decoding process is killed, and goes on with another', async () => {
  const pixels = await openAnother();
  await expectRight(pixels, images);
  // A pipe that nobody writes to: it is decoded for ever.
  const path = join(pictures, 'pipe.png');
  execFileSync('mkfifo', [path]);
  const set = pixels.open([...images.toReversed(), { path, digest: '1'.repeat(64) }], input);
  const reading = expect(readAll(set, images.length + 1)).rejects.toMatchObject({ code: 'runner_killed' });
  const found = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'images/decoder/main.js']).toString();
  // It can be opened for writing when it is being read.
  const pipe = await vi.waitFor(() => open(path, constants.O_WRONLY | constants.O_NONBLOCK), 20_000);
  for (const pid of found.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
  await reading;
  await pipe.close();
  set.close();
  await expectRight(pixels, images.slice(2));
});

it('lets go of all it keeps where the disk is full, and says so where that is not enough', async () => {
  const paths = images.map(({ path, digest }) => ({ path, digest }));
  // A real disk of 256 KiB, in a mount namespace that ends with the process.
  const script = `
    const { openPixels } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
    const { readdir, stat, statfs } = await import('node:fs/promises');
    const { join } = await import('node:path');
    const { setTimeout: sleep } = await import('node:timers/promises');
    const images = ${JSON.stringify(paths)};
    const input = ${JSON.stringify({ ...input, width: 160, height: 96 })};
    const directory = ${JSON.stringify(directory)};
    const pixels = await openPixels({ directory, limitBytes: 1e9 });
    const count = async (list, wanted = input) => {
      const set = pixels.open(list, wanted);
      let count = 0;
      try {
        for await (const extent of set.read(0, list.length)) count += extent.count;
        return count;
      } catch (error) {
        return error.code;
      } finally {
        set.close();
        while (!(await isUnused())) await sleep(10);
      }
    };
    // Nothing has a name of its own any more, and nothing without a name is written to.
    const isUnused = async () => {
      const inUse = await readdir(join(directory, 'in-use'), { recursive: true, withFileTypes: true });
      const kept = await readdir(join(directory, 'kept'));
      const files = await Promise.all(kept.map((name) => stat(join(directory, 'kept', name))));
      const { blocks, bfree, bsize } = await statfs(directory);
      const keptBlocks = files.reduce((sum, { size }) => sum + Math.ceil(size / bsize), 0);
      return !inUse.some((entry) => entry.isFile()) && blocks - bfree <= keptBlocks;
    };
    const answers = [await count(images.slice(0, 8)), await count(images.slice(2, 12))];
    answers.push(await count(images, { ...input, width: 512 }), await count(images.slice(0, 8)));
    await pixels.close();
    console.log(JSON.stringify(answers));`;
  const mounted = 'mount -t tmpfs -o size=256k tmpfs "$0" && exec "$@"';
  const node = [process.execPath, '--input-type=module', '-e', script];
  const wrap = ['--map-root-user', '--mount', 'sh', '-c', mounted, directory];
  const { stdout } = await promisify(execFile)('unshare', [...wrap, ...node]);
  expect(JSON.parse(stdout)).toEqual([8, 10, 'storage_full', 8]);
});

function fail(): never {
  throw new Error('There is no such image.');
}
