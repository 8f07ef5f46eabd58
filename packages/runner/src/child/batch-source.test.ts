import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder, removeModels, writers } from '../testing/write-models.js';

// As it was built: batches are made in a thread, which starts from a file.
const built = new URL('../../dist/child/batch-source.js', import.meta.url).href;
const { openBatchSource } = (await import(built)) as typeof import('./batch-source.js');

afterAll(removeModels);

it('says how large the next batch is, of those that were ordered', async () => {
  const { manifest } = await writers.onnx({ weights: [[1]], bias: [0], side: 2 });
  const path = join(await makeFolder(), 'pixels');
  await writeFile(path, Buffer.alloc(5 * 4, 255));
  const batches = openBatchSource(() => {});
  batches.begin(manifest.input, 5);
  expect(batches.nextCount).toBeNull();
  batches.orderAhead(2, 1);
  batches.orderAhead(1, 2);
  batches.orderAhead(8, 3);
  expect([batches.nextCount, batches.left]).toEqual([2, 5]);
  batches.add({ kind: 'pixels', path, place: 0, count: 5 });
  for (const [count, next] of [[2, 1] as const, [1, 2] as const, [2, null] as const]) {
    expect((await batches.next()).count).toBe(count);
    expect(batches.nextCount).toBe(next);
  }
});
