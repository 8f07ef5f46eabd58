import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFileSource } from './open-file-source.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdout-source-'));
});
afterAll(() => rm(directory, { recursive: true }));

// Small ones are read at once, large ones piece by piece.
it.each([0, 1000, 5 * 1024 * 1024])('reads a file of %d bytes anywhere, and no further than its end', async (size) => {
  const bytes = Buffer.alloc(size, 'which byte is this?');
  const path = join(directory, String(size));
  await writeFile(path, bytes);
  const source = await openFileSource(path);
  expect(source.sizeBytes).toBe(size);
  for (const [offset, length] of [
    [0, 7],
    [Math.floor(size / 2), 100],
    [Math.max(0, size - 3), 10],
    [size, 5],
  ] as const) {
    expect(Buffer.from(await source.read(offset, length))).toEqual(bytes.subarray(offset, offset + length));
  }
  // A piece is the reader's own.
  const piece = await source.read(0, size);
  piece.fill(0);
  expect(Buffer.from(await source.read(0, size))).toEqual(bytes);
  await source.close();
});
