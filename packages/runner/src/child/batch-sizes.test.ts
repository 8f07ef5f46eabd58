import { expect, it } from 'vitest';
import { BatchSizes } from './batch-sizes.js';

const megabyte = 2 ** 20;

/** Runs a model that takes so long for a batch, and so much memory, until nothing changes any more. */
function settle(
  secondsOf: (size: number) => number,
  { bytesOf = () => 0, limit = 4096, imageBytes = megabyte }: Partial<Machine> = {},
): { fastest: number; tried: number[] } {
  let memory = 100 * megabyte;
  const readMemoryBytes = () => memory;
  const sizes = new BatchSizes({ imageBytes, memoryLimitBytes: limit * megabyte, readMemoryBytes });
  const tried: number[] = [];
  for (let batch = 0; batch < 100; batch += 1) {
    const size = sizes.current;
    if (tried.at(-1) !== size) tried.push(size);
    memory = Math.max(memory, 100 * megabyte + bytesOf(size));
    // The first of a size takes as long as ten, which says nothing of the next.
    sizes.learn(size, tried.length > 0 && batch % 3 === 0 ? 10 * secondsOf(size) : secondsOf(size));
  }
  expect(sizes.current).toBe(sizes.fastest);
  return { fastest: sizes.fastest, tried };
}

interface Machine {
  bytesOf(size: number): number;
  limit: number;
  imageBytes: number;
}

it('doubles while that is faster, up to the most', () => {
  expect(settle((size) => 1 + size / 100)).toEqual({ fastest: 64, tried: [4, 8, 16, 32, 64] });
  expect(settle((size) => 1 + size / 100 + (size > 16 ? size : 0))).toEqual({ fastest: 16, tried: [4, 8, 16, 32, 16] });
});

it('halves where a larger one is no better', () => {
  expect(settle((size) => size ** 2)).toEqual({ fastest: 1, tried: [4, 8, 2, 1] });
  expect(settle((size) => size)).toEqual({ fastest: 4, tried: [4, 8, 2, 4] });
});

it('tries nothing whose memory would come near the limit', () => {
  const grows = { bytesOf: (size: number) => size * 50 * megabyte };
  expect(settle((size) => 1 + size / 100, { ...grows, limit: 1500 }).tried).toEqual([4, 8]);
  expect(settle((size) => 1 + size / 100, { ...grows, limit: 100_000 }).fastest).toBe(64);
  // Not even four of these.
  expect(settle((size) => 1 + size / 100, { imageBytes: 200 * megabyte, limit: 4096 }).tried).toEqual([1]);
});

it('begins with one image where more have no room at all', () => {
  const sizes = new BatchSizes({ imageBytes: 2 ** 34, memoryLimitBytes: 2 ** 30, readMemoryBytes: () => 0 });
  expect(sizes.current).toBe(1);
});

it('measures small sizes on as many images as large ones', () => {
  const sizes = new BatchSizes({ imageBytes: megabyte, memoryLimitBytes: 2 ** 32, readMemoryBytes: () => 0 });
  const batches: number[] = [];
  // Only the last of the batches of four are as fast as they will be: eight are no better.
  const seconds = [9, 6, 6, 6, 4];
  for (let batch = 0; !sizes.isLargestKnown && batch < 100; batch += 1) {
    batches.push(sizes.current);
    sizes.learn(sizes.current, sizes.current === 4 ? (seconds.shift() ?? 4) : sizes.current);
  }
  expect(sizes.fastest).toBe(4);
  expect(batches.filter((size) => size === 4)).toHaveLength(5);
  expect(batches.filter((size) => size === 8)).toHaveLength(3);
});
