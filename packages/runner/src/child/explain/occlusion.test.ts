import type { ResolvedModelManifest } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { coverSquare, mapFalls, planOcclusion } from './occlusion.js';

/** Three pixels wide, two high. */
const input: ResolvedModelManifest['input'] = {
  ...{ name: 'image', width: 3, height: 2, channels: 3, layout: 'nchw', resize: 'stretch' },
  ...{ scale: 1, mean: [0, 0, 0], std: [1, 1, 1], fixedBatchSize: null },
};
const planes = [
  [0, 1, 2, 3, 4, 8],
  [60, 10, 20, 30, 40, 50],
  [7, 8, 9, 7, 8, 9],
];
const square = { left: 1, top: 0, right: 3, bottom: 1 };
/** By 3, 35 and 8. */
const covered = [
  [0, 3, 3, 3, 4, 8],
  [60, 35, 35, 30, 40, 50],
  [7, 8, 8, 7, 8, 9],
];
/** Each pixel's channels side by side. */
const interleave = (image: readonly number[][]) =>
  Array.from({ length: 6 }, (_, pixel) => image.map((plane) => plane[pixel] ?? 0)).flat();

it('covers a square of each channel with that channel’s own mean, in either layout, and leaves the image alone', () => {
  const image = Float32Array.from(planes.flat());
  const into = new Float32Array(20);
  coverSquare(image, square, input, into, 2);
  expect([...into]).toEqual([0, 0, ...covered.flat()]);
  expect([...image]).toEqual(planes.flat());
  const beside = new Float32Array(18);
  coverSquare(Float32Array.from(interleave(planes)), square, { ...input, layout: 'nhwc' }, beside, 0);
  expect([...beside]).toEqual(interleave(covered));
});

it('goes over a picture in twelve by twelve places, row by row, each half on the one before', () => {
  const { width, height, squares } = planOcclusion({ width: 96, height: 48 });
  expect([width, height, squares.length]).toEqual([12, 12, 144]);
  expect(squares[0]).toEqual({ left: 0, top: 0, right: 12, bottom: 6 });
  expect(squares[1]).toEqual({ left: 4, top: 0, right: 20, bottom: 6 });
  expect(squares[12]).toEqual({ left: 0, top: 2, right: 12, bottom: 10 });
  expect(squares[143]).toEqual({ left: 84, top: 42, right: 96, bottom: 48 });
  // Of few pixels, each.
  expect(planOcclusion({ width: 3, height: 1 }).squares).toEqual(
    [0, 1, 2].map((left) => ({ left, top: 0, right: left + 1, bottom: 1 })),
  );
});

it('is hot where the probability falls', () => {
  const { values } = mapFalls({ width: 2, height: 1, squares: [] }, 0.75, [0.25, 1]);
  expect(values).toEqual([0.5, -0.25]);
});
