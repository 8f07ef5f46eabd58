import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UnfinishedFiles } from './unfinished-files.js';

let thread: Worker | undefined;
process.on('worker', (started) => {
  thread = started;
});

const mebibyte = Buffer.alloc(1024 * 1024);
const options = { limitBytes: Number.POSITIVE_INFINITY, durable: false };

let directory: string;
let files: UnfinishedFiles;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdout-unfinished-'));
  files = new UnfinishedFiles(directory);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('has the hashing thread forget a file whose source breaks while its writes wait', async () => {
  async function* whole() {
    for (let count = 0; count < 2; count++) yield mebibyte;
  }
  await files.with(whole(), options, async () => {});
  if (!thread) throw new Error('No thread was started.');
  const orders = vi.spyOn(thread, 'postMessage');

  // Faster than any disk: when it breaks, no write has ended.
  async function* broken() {
    for (let count = 0; count < 6; count++) yield mebibyte;
    throw new Error('broken');
  }
  await expect(files.with(broken(), options, async () => {})).rejects.toThrow('broken');
  const kinds = orders.mock.calls.map(([order]) => order.kind);
  expect(kinds).toContain('follow');
  expect(kinds.indexOf('forget')).toBe(kinds.length - 1);
});
