import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withCheckedPart } from './check-part.js';

const part = randomBytes(1_000_000);
const checksum = { algorithm: 'sha1', digest: createHash('sha1').update(part).digest() } as const;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdout-test-parts-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it.each([
  ['read to its end', async (checked: Readable) => expect(await buffer(checked)).toEqual(part)],
  ['not wanted', async () => {}],
])('leaves no file open, on the disk or in a folder, of a part that is %s', async (_name, use) => {
  let given: Readable | undefined;
  await withCheckedPart(Readable.from([part]), { checksum, directory }, async (checked) => {
    given = checked;
    await use(checked);
  });
  await expect.poll(() => given?.closed).toBe(true);
  expect(await readdir(directory)).toEqual([]);
});

it('tells who reads the part that it can’t be opened, whenever they begin to', async () => {
  const asked = withCheckedPart(Readable.from([part]), { checksum, directory }, async (checked) => {
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    // What is thrown while nobody listens would end the process.
    await sleep(500);
    await buffer(checked);
  });
  await expect(asked).rejects.toThrow('ENOENT');
});
