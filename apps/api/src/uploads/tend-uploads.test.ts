import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { makeScratchFolder } from '../scratch-folders.js';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { startServerProcess } from '../testing/start-process.js';
import type { TestServer } from '../testing/test-server.js';
import { beginUpload, readResult, sendPart } from '../testing/upload-parts.js';
import { useUploadServer } from '../testing/use-upload-server.js';

let server: TestServer;
let alpha: { url: string; token: string };
useUploadServer(
  (started) => {
    ({ server, alpha } = started);
  },
  { uploadRoundSeconds: 1 },
);

const idOf = (location: string) => location.split('/').at(-1) ?? '';
const begin = async (sender: typeof alpha, archive: Buffer) =>
  (await beginUpload(sender, { sizeBytes: archive.length })).headers.get('location') ?? '';
const makeArchive = () => packFiles({ ...tfjsFiles(), 'padding.bin': randomBytes(100_000) });
const findSubmission = async (uploadId: string) =>
  (await server.database.selectFrom('uploads').select('submissionId').where('id', '=', uploadId).executeTakeFirst())
    ?.submissionId;
const countOf = async (archive: Buffer) => {
  const digest = createHash('sha256').update(archive).digest('hex');
  return (await server.database.selectFrom('submissions').select('id').where('bundleDigest', '=', digest).execute())
    .length;
};
/** A process that finds another one at it looks again after a minute. */
const timeout = 150_000;

it('finishes an upload whose end failed by a fault of ours, though nobody asks for it, and logs the fault', {
  timeout: 60_000,
}, async () => {
  const archive = await makeArchive();
  const location = await begin(alpha, archive);
  const blobs = join(server.storageDirectory, 'blobs');
  await rename(blobs, `${blobs}.away`);
  await writeFile(blobs, 'no folder');
  expect((await sendPart(alpha, location, archive, 0)).status).toBe(204);
  expect(await findSubmission(idOf(location))).toBeNull();
  const errors = () => server.logLines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
  expect(errors()).toContainEqual(
    expect.objectContaining({ msg: 'an upload could not be finished; it is tried again', uploadId: idOf(location) }),
  );
  await rm(blobs);
  await rename(`${blobs}.away`, blobs);
  await expect.poll(() => findSubmission(idOf(location)), { timeout: 40_000 }).toEqual(expect.any(String));
});

it('finishes what a server that was killed had received, once, whichever of two that start then does it', {
  timeout: 2 * timeout,
}, async () => {
  const archives = await Promise.all([makeArchive(), makeArchive(), makeArchive()]);
  const storageDirectory = await mkdtemp(join(tmpdir(), 'holdout-test-storage-'));
  onTestFinished(() => rm(storageDirectory, { recursive: true, force: true }));
  const start = async () => {
    const started = await startServerProcess(server, { storageDirectory });
    onTestFinished(() => started.end('SIGKILL'));
    return started;
  };
  const first = await start();
  const before = { url: first.url, token: alpha.token };
  const ids: string[] = [];
  for (const archive of archives) {
    const location = await begin(before, archive);
    expect((await sendPart(before, location, archive.subarray(0, 50_000), 0)).status).toBe(204);
    ids.push(idOf(location));
  }
  await first.end('SIGKILL');
  // What it had written when it was killed: of one not all.
  const [whole = '', old = '', unfinished = ''] = ids;
  for (const [index, archive] of archives.entries()) {
    const end = ids[index] === unfinished ? archive.length - 1 : archive.length;
    await appendFile(join(storageDirectory, 'uploads', ids[index] ?? ''), archive.subarray(50_000, end));
  }
  // It was away for longer than an upload is kept.
  await sql`UPDATE uploads SET created_at = now() - interval '25 hours' WHERE id = ${old}`.execute(server.database);
  await Promise.all([start(), start()]);
  for (const id of [whole, old]) await expect.poll(() => findSubmission(id), { timeout }).toEqual(expect.any(String));
  expect(await findSubmission(unfinished)).toBeNull();
  for (const [index, archive] of archives.entries()) expect(await countOf(archive)).toBe(index < 2 ? 1 : 0);
  await expect.poll(() => readdir(join(storageDirectory, 'uploads')), { timeout: 20_000 }).toEqual([unfinished]);
});

it('removes what whoever ended it left of an upload, when its result is asked for', async () => {
  const archive = await makeArchive();
  const location = await begin(alpha, archive);
  expect((await sendPart(alpha, location, archive, 0)).status).toBe(204);
  const uploads = join(server.storageDirectory, 'uploads');
  expect(await readdir(uploads)).not.toContain(idOf(location));
  await writeFile(join(uploads, idOf(location)), archive);
  expect((await readResult(alpha, location)).status).toBe(200);
  expect(await readdir(uploads)).not.toContain(idOf(location));
  expect(await countOf(archive)).toBe(1);
});

it('removes what processes that died left on the disk, once it is old', { timeout: 2 * timeout }, async () => {
  const storageDirectory = await mkdtemp(join(tmpdir(), 'holdout-test-storage-'));
  onTestFinished(() => rm(storageDirectory, { recursive: true, force: true }));
  const scratch = join(storageDirectory, 'scratch');
  const [old, young] = [await makeScratchFolder(scratch), await makeScratchFolder(scratch)];
  await mkdir(join(storageDirectory, 'unfinished'));
  const files = ['old', 'young'].map((name) => join(storageDirectory, 'unfinished', name));
  for (const path of files) await writeFile(path, 'a part');
  const twoDaysAgo = new Date(Date.now() - 48 * 3600_000);
  for (const path of [old, files[0] ?? '']) await utimes(path, twoDaysAgo, twoDaysAgo);
  const environment = { HOLDOUT_SCRATCH_DIRECTORY: scratch };
  const { end } = await startServerProcess(server, { storageDirectory, environment });
  onTestFinished(() => end('SIGKILL'));
  await expect.poll(() => readdir(scratch), { timeout }).toEqual([young.slice(scratch.length + 1)]);
  expect(await readdir(join(storageDirectory, 'unfinished'))).toEqual(['young']);
});
