import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { showSize } from '@holdout/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from './storage.js';

/** A storage with nothing in it, and what only its own kind can tell. */
export interface TestStorage {
  storage: Storage;
  /** Another process's view of the same place. */
  openAgain(): Promise<Storage>;
  /** How many files lie there, finished or not. */
  countFiles(): Promise<number>;
  /** Writes over the stored bytes, behind the storage's back. */
  damage(digest: string, bytes: Buffer): Promise<void>;
  /** Takes a blob away, behind the storage's back. */
  lose(digest: string): Promise<void>;
  /** Sets or clears the mark of a removal, as another process does. */
  mark(digest: string, state: 'set' | 'clear'): Promise<void>;
  remove(): Promise<void>;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const hour = 3600_000;
const absent = sha256(Buffer.from('absent'));

/** What every storage must do, whatever is behind it. */
export function describeStorage(kind: string, makeStorage: () => Promise<TestStorage>): void {
  describe(`storage ${kind}`, () => {
    let test: TestStorage;
    let folder: string;
    beforeEach(async () => {
      test = await makeStorage();
      folder = await mkdtemp(join(tmpdir(), 'holdout-storage-target-'));
    });
    afterEach(async () => {
      await test.remove();
      await rm(folder, { recursive: true, force: true });
    });

    it.each([0, 1, 65_536, 5_000_001])('gives back the %i bytes that it was given, by their sha256', async (size) => {
      const bytes = randomBytes(size);
      const stored = await test.storage.put(inPieces(bytes, 10_007));
      expect(stored).toEqual({ digest: sha256(bytes), sizeBytes: size });
      const again = await test.openAgain();
      expect(sha256(await buffer(await again.open(stored.digest)))).toBe(stored.digest);
      expect(await again.sizeBytes(stored.digest)).toBe(size);
      expect(await again.has(stored.digest)).toBe(true);
    });

    it('stores the same content once, also when it comes many times at once', async () => {
      const bytes = randomBytes(300_000);
      const other = await test.openAgain();
      const puts = Array.from({ length: 12 }, (_, index) =>
        (index % 2 ? test.storage : other).put(inPieces(bytes, 1000 + index)),
      );
      for (const stored of await Promise.all(puts)) expect(stored.digest).toBe(sha256(bytes));
      expect(await test.countFiles()).toBe(1);
      expect(sha256(await buffer(await test.storage.open(sha256(bytes))))).toBe(sha256(bytes));
    });

    it('refuses what is longer than the limit, and takes what is exactly as long', async () => {
      const bytes = randomBytes(100_000);
      const source = Readable.from(inPieces(bytes, 10_000));
      await expect(test.storage.put(source, { limitBytes: 99_999 })).rejects.toMatchObject({
        code: 'upload_too_large',
        detail: expect.stringContaining(showSize(99_999)),
      });
      expect(source.destroyed).toBe(false);
      expect(await test.countFiles()).toBe(0);
      expect(await test.storage.put(inPieces(bytes, 10_000), { limitBytes: 100_000 })).toMatchObject({
        sizeBytes: 100_000,
      });
    });

    it.each([99_999, 100_001])('does not take 100,000 bytes where there must be %i', async (sizeBytes) => {
      const bytes = randomBytes(100_000);
      await expect(test.storage.put(inPieces(bytes, 10_000), { sizeBytes })).rejects.toMatchObject({
        code: 'storage_damaged',
        detail: `Found 100000 bytes; expected ${sizeBytes}.`,
      });
      expect(await test.countFiles()).toBe(0);
      await test.storage.put(inPieces(bytes, 10_000), { sizeBytes: bytes.length });
      expect(await test.countFiles()).toBe(1);
    });

    it('leaves nothing behind where the source fails, and hands its error on', async () => {
      const broken = new Error('the link broke');
      async function* breakOff() {
        yield randomBytes(100_000);
        throw broken;
      }
      await expect(test.storage.put(breakOff())).rejects.toBe(broken);
      const aborted = Readable.from(inPieces(randomBytes(100_000), 1000));
      aborted.once('data', () => aborted.destroy(broken));
      await expect(test.storage.put(aborted)).rejects.toBe(broken);
      expect(await test.countFiles()).toBe(0);
    });

    it('says that a blob is missing', async () => {
      expect(await test.storage.has(absent)).toBe(false);
      const missing = { code: 'storage_damaged', detail: `Blob ${absent} is missing.` };
      await expect(test.storage.open(absent)).rejects.toMatchObject(missing);
      await expect(test.storage.sizeBytes(absent)).rejects.toMatchObject(missing);
      await expect(test.storage.materialise(absent, join(folder, 'file'))).rejects.toMatchObject(missing);
    });

    it('never passes wrong bytes off as right', async () => {
      const bytes = randomBytes(300_000);
      const { digest } = await test.storage.put(inPieces(bytes, 10_000));
      await test.storage.materialise(digest, join(folder, 'before'));
      const wrong = Buffer.from(bytes);
      wrong[200_000] = (wrong[200_000] ?? 0) ^ 1;
      for (const damaged of [wrong, bytes.subarray(0, 299_999), Buffer.alloc(0)]) {
        await test.damage(digest, damaged);
        for (const storage of [test.storage, await test.openAgain()]) {
          await expect(buffer(await storage.open(digest))).rejects.toMatchObject({ code: 'storage_damaged' });
          const target = join(folder, 'file');
          await expect(storage.materialise(digest, target)).rejects.toMatchObject({ code: 'storage_damaged' });
          await expect(stat(target)).rejects.toThrow('ENOENT');
        }
      }
      await test.storage.put(inPieces(bytes, 10_000));
      expect(sha256(await buffer(await test.storage.open(digest)))).toBe(digest);
      await test.storage.materialise(digest, join(folder, 'after'));
    });

    it('puts a blob on this machine’s disk, read-only and apart from the stored one', async () => {
      const bytes = randomBytes(100_000);
      const { digest } = await test.storage.put(inPieces(bytes, 10_000));
      const target = join(folder, 'file');
      await test.storage.materialise(digest, target);
      expect(sha256(await readFile(target))).toBe(digest);
      expect((await stat(target)).mode & 0o222).toBe(0);
      await expect(test.storage.materialise(digest, target)).rejects.toThrow();
      await rm(target);
      await writeFile(target, 'something else');
      expect(sha256(await buffer(await test.storage.open(digest)))).toBe(digest);
    });

    it('can be left in the middle of reading', async () => {
      const { digest } = await test.storage.put(inPieces(randomBytes(3_000_000), 100_000));
      const stream = await test.storage.open(digest);
      for await (const _ of stream) break;
      expect(stream.destroyed).toBe(true);
    });

    it('takes only a sha256 for a name', async () => {
      for (const name of ['../../etc/passwd', '', absent.toUpperCase(), `${absent}0`]) {
        await expect(test.storage.open(name)).rejects.toThrow(TypeError);
        await expect(test.storage.has(name)).rejects.toThrow(TypeError);
      }
    });

    it('lists every blob by its digest, from any on', async () => {
      const stored = await Promise.all(Array.from({ length: 12 }, () => test.storage.put(inPieces(randomBytes(9), 9))));
      const expected = stored.map(({ digest }) => digest).sort();
      const list = async (after?: string) => {
        const found: string[] = [];
        for await (const { digest, sizeBytes, putAt } of test.storage.list(after === undefined ? {} : { after })) {
          expect(sizeBytes).toBe(9);
          expect(Math.abs(Date.now() - putAt.getTime())).toBeLessThan(60_000);
          found.push(digest);
        }
        return found;
      };
      expect(await list()).toEqual(expected);
      expect(await list(expected[4])).toEqual(expected.slice(5));
      expect(await list(expected[11])).toEqual([]);
    });

    it('removes what is old, and not what was put again', async () => {
      const bytes = randomBytes(1000);
      const { digest } = await test.storage.put(inPieces(bytes, 1000));
      const [longAgo, later] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
      expect(await test.storage.remove(digest, { unlessPutSince: longAgo })).toBe(false);
      expect(await test.storage.has(digest)).toBe(true);
      // Times of S3 have whole seconds.
      await sleep(2100);
      const between = new Date(Date.now() - 1000);
      await test.storage.put(inPieces(bytes, 1000));
      expect(await test.storage.remove(digest, { unlessPutSince: between })).toBe(false);
      expect(await test.storage.remove(digest, { unlessPutSince: later })).toBe(true);
      expect(await test.storage.has(digest)).toBe(false);
      expect(await test.storage.remove(digest, { unlessPutSince: later })).toBe(false);
      expect(await test.countFiles()).toBe(0);
    });

    it('has what was put also where a removal had begun before', async () => {
      const bytes = randomBytes(1000);
      const { digest } = await test.storage.put(inPieces(bytes, 1000));
      // Another process has read the age, and not removed it yet.
      await test.mark(digest, 'set');
      let done = false;
      const putting = test.storage.put(inPieces(bytes, 1000)).then(() => {
        done = true;
      });
      await sleep(1500);
      expect(done).toBe(false);
      await test.lose(digest);
      await test.mark(digest, 'clear');
      await putting;
      expect(await test.storage.has(digest)).toBe(true);
    });

    it('is well', async () => {
      await test.storage.health();
      expect(await test.countFiles()).toBe(0);
    });
  });
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}
