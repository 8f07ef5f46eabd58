import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDiskBytes } from './disk-bytes.js';

/** More than is hashed where it comes. */
const bytes = randomBytes(3_000_000);
const whole = createHash('sha256').update(bytes).digest('hex');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdout-uploads-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('says the sha256 of what came, and none where the file could not be read for it', async () => {
  const uploads = await openDiskBytes(directory);
  for (const id of ['whole', 'lost']) {
    await uploads.create(id, bytes.length);
    await uploads.append(Readable.from([bytes]), id, 0);
  }
  // As on a disk that fails: the thread that hashes can't read it.
  await rm(join(directory, 'lost'));
  expect(await uploads.digestOf?.('whole', bytes.length)).toBe(whole);
  expect(await uploads.digestOf?.('lost', bytes.length)).toBeNull();
});
