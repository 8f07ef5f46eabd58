import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiskStorage } from './disk-storage.js';
import { describeStorage } from './storage-behaviour.js';

const makeFolder = () => mkdtemp(join(tmpdir(), 'holdout-storage-'));
const blobPath = (directory: string, digest: string) => join(directory, 'blobs', digest.slice(0, 2), digest.slice(2));

async function countFiles(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

describeStorage('on disk', async () => {
  const directory = await makeFolder();
  return {
    storage: await createDiskStorage({ directory }),
    openAgain: () => createDiskStorage({ directory }),
    countFiles: () => countFiles(directory),
    async damage(digest, bytes) {
      const path = blobPath(directory, digest);
      const { atime, mtime } = await stat(path);
      await rm(path);
      await writeFile(path, bytes, { mode: 0o444 });
      // As damage does: without leaving a trace in the time of the last change.
      await utimes(path, atime, mtime);
    },
    lose: (digest) => rm(blobPath(directory, digest)),
    async mark(digest, state) {
      const mark = join(directory, 'removing', digest);
      await (state === 'set' ? writeFile(mark, '') : rm(mark));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});

describe('a disk', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await makeFolder();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('shows a blob where it lies, read-only', async () => {
    const storage = await createDiskStorage({ directory });
    const { digest } = await storage.put(once(Buffer.from('some bytes')));
    const path = await storage.path?.(digest);
    expect(path).toBe(blobPath(directory, digest));
    expect(await readFile(path ?? '', 'utf8')).toBe('some bytes');
    expect((await stat(path ?? '')).mode & 0o777).toBe(0o444);
  });

  it('lets nobody else on the machine in', async () => {
    const path = join(directory, 'new', 'storage');
    await createDiskStorage({ directory: path });
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  it('removes what a process that died left unfinished, and only that', async () => {
    const storage = await createDiskStorage({ directory });
    const { digest } = await storage.put(once(Buffer.from('kept')));
    const [old, fresh] = [join(directory, 'unfinished', 'old'), join(directory, 'unfinished', 'fresh')];
    await writeFile(old, 'half');
    await writeFile(fresh, 'half');
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    await utimes(old, twoDaysAgo, twoDaysAgo);
    await utimes(blobPath(directory, digest), twoDaysAgo, twoDaysAgo);
    await createDiskStorage({ directory });
    expect(await readdir(join(directory, 'unfinished'))).toEqual(['fresh']);
    expect(await storage.has(digest)).toBe(true);
  });

  it('takes over a file, as if it had been put now, and also twice', async () => {
    const storage = await createDiskStorage({ directory });
    const [bytes, path] = [randomBytes(100_000), join(directory, 'file')];
    await writeFile(path, bytes);
    const longAgo = new Date(Date.now() - 48 * 3600_000);
    await utimes(path, longAgo, longAgo);
    await expect(storage.adopt?.(path, { limitBytes: 99_999 })).rejects.toMatchObject({ code: 'upload_too_large' });
    for (const sizeBytes of [99_999, 100_001]) {
      // Also where its digest is known already, and where it would be too long as well.
      const options = { sizeBytes, digest: 'f'.repeat(64), limitBytes: 10 };
      await expect(storage.adopt?.(path, options)).rejects.toMatchObject({ code: 'storage_damaged' });
    }
    expect(await storage.has('f'.repeat(64))).toBe(false);
    const stored = await storage.adopt?.(path, { limitBytes: 100_000, sizeBytes: 100_000 });
    expect(stored).toEqual(await storage.adopt?.(path));
    expect(await storage.remove(stored?.digest ?? '', { unlessPutSince: new Date(Date.now() - 3600_000) })).toBe(false);
    await rm(path);
    expect(await readFile((await storage.path?.(stored?.digest ?? '')) ?? '')).toEqual(bytes);
    expect((await stat(blobPath(directory, stored?.digest ?? ''))).mode & 0o777).toBe(0o444);
    expect(await readdir(join(directory, 'unfinished'))).toEqual([]);
    await expect(storage.adopt?.(path)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('never loses what was put again while it was removed', async () => {
    const storage = await createDiskStorage({ directory });
    const other = await createDiskStorage({ directory });
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    const bytes = Array.from({ length: 4 }, () => randomBytes(100));
    const digests = await Promise.all(bytes.map(async (each) => (await storage.put(once(each))).digest));
    let [putting, removed, lost] = [true, 0, 0];
    const put = async (place: number) => {
      for (let time = 0; time < 300; time += 1) {
        const { digest } = await storage.put(once(bytes[place] ?? Buffer.alloc(0)));
        // Nobody else makes it old: from its put to here it must be there.
        if (!(await storage.has(digest))) lost += 1;
        await utimes(blobPath(directory, digest), twoDaysAgo, twoDaysAgo).catch(() => {});
      }
    };
    const collect = async () => {
      while (putting) {
        for (const digest of digests) {
          if (await other.remove(digest, { unlessPutSince: new Date(Date.now() - 3600_000) })) removed += 1;
        }
      }
    };
    const collecting = collect();
    await Promise.all(bytes.map((_, place) => put(place)));
    putting = false;
    await collecting;
    expect(lost).toBe(0);
    expect(removed).toBeGreaterThan(100);
  });

  it('leaves no blob when the process is killed while it writes', async () => {
    const child = runStorage(
      `process.stdin.destroy();
       async function* slowly() {
         for (let piece = 0; ; piece += 1) {
           if (piece === 20) console.log('writing');
           yield Buffer.alloc(65_536, piece);
           await new Promise((resolve) => setTimeout(resolve, 1));
         }
       }
       await storage.put(slowly());`,
      directory,
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await countFiles(join(directory, 'blobs'))).toBe(0);
    expect(await countFiles(join(directory, 'unfinished'))).toBe(1);
  });

  it('says that the place is not there', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(createDiskStorage({ directory: join(file, 'below') })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    const storage = await createDiskStorage({ directory: join(directory, 'place') });
    await rm(join(directory, 'place'), { recursive: true });
    const unavailable = { code: 'storage_unavailable' };
    await expect(storage.put(once(randomBytes(10)))).rejects.toMatchObject(unavailable);
    await expect(storage.health()).rejects.toMatchObject(unavailable);
  });

  it('says that the disk is full, keeps nothing of what did not fit, and goes on', async () => {
    // A real disk of 256 KiB, in a mount namespace that ends with the process.
    const script = `
      const put = (sizeBytes, fill) => storage.put((async function* () {
        for (let left = sizeBytes; left > 0; left -= 4096) yield Buffer.alloc(Math.min(left, 4096), fill);
      })()).then((stored) => stored.sizeBytes, (error) => error.code);
      const { readdir } = await import('node:fs/promises');
      const answers = [await put(100_000, 1), await put(300_000, 2), await put(50_000, 3)];
      const unfinished = await readdir(directory + '/unfinished');
      answers.push(unfinished.length, await put(200_000, 4), await storage.health().then(() => 'well', (error) => error.code));
      console.log(JSON.stringify(answers));`;
    const child = runStorage(script, directory, ['unshare', '--map-root-user', '--mount', 'sh', '-c']);
    const output = await text(child.stdout);
    expect(JSON.parse(output)).toEqual([100_000, 'storage_full', 50_000, 0, 'storage_full', 'well']);
  });
});

/** Runs `script` in a process that has `storage` and `directory`; behind `wrap` on a small disk of its own. */
function runStorage(script: string, directory: string, wrap: string[] = []) {
  const module = new URL('../dist/index.js', import.meta.url).href;
  const whole = `
    const directory = ${JSON.stringify(directory)};
    const { createDiskStorage } = await import(${JSON.stringify(module)});
    const storage = await createDiskStorage({ directory });
    ${script}`;
  const node = [process.execPath, '--input-type=module', '-e', whole];
  const mounted = 'mount -t tmpfs -o size=256k tmpfs "$0" && exec "$@"';
  const [program = '', ...rest] = wrap.length > 0 ? [...wrap, mounted, directory, ...node] : node;
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
