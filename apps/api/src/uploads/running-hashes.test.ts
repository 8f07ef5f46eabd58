import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendDurably } from '@holdout/storage';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunningHashes } from './running-hashes.js';

/** More than is hashed where it comes. */
const bytes = randomBytes(3_000_000);
const whole = createHash('sha256').update(bytes).digest('hex');

let directory: string;
let hashes: RunningHashes;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdout-hashes-'));
  hashes = new RunningHashes((id) => join(directory, id));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Writes a part in chunks, as it comes. */
async function send(id: string, from: number, to: number): Promise<void> {
  const path = join(directory, id);
  if (from === 0) await writeFile(path, '');
  async function* chunks() {
    for (let at = from; at < to; at += 50_000) yield bytes.subarray(at, Math.min(to, at + 50_000));
  }
  const hash = hashes.take(id, from);
  await appendDurably(path, chunks(), { start: from, hash });
  if (hash) hashes.keep(id, hash);
}

it.each([12, 1_700_000])('knows the sha256 of parts that came one after the other, once: %i bytes', async (first) => {
  await send('a', 0, first);
  await send('a', first, first);
  await send('a', first, bytes.length);
  expect(await hashes.take('a', bytes.length)?.digest()).toBe(whole);
  expect(hashes.take('a', bytes.length)).toBeNull();
});

it('begins anew with an upload that begins anew', async () => {
  await send('a', 0, 1_500_000);
  await send('a', 0, bytes.length);
  expect(await hashes.take('a', bytes.length)?.digest()).toBe(whole);
});

it('knows nothing where a part came elsewhere, or what was forgotten', async () => {
  await send('elsewhere', 0, 1_500_000);
  await send('elsewhere', 1_600_000, bytes.length);
  expect(hashes.take('elsewhere', bytes.length)).toBeNull();

  await send('short', 0, bytes.length);
  expect(hashes.take('short', bytes.length + 1)).toBeNull();

  await send('forgotten', 0, bytes.length);
  hashes.forget('forgotten');
  expect(hashes.take('forgotten', bytes.length)).toBeNull();
});
