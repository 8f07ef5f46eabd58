import { mostHeatMapSide } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { mapClassActivation } from './class-activation.js';

/** As engines give them. */
const give = (shape: number[], values: number[]) => ({ shape, values: Float32Array.from(values) });
const onnx = { count: 1, outputs: 1, index: 0, engine: 'onnx' } as const;

it('reads channels from the shapes, and where they don’t tell, as the engine has them', () => {
  // One row of three places, of two channels.
  const weights = give([2], [1, 10]);
  const expected = [{ width: 3, height: 1, values: [41, 52, 63] }];
  for (const engine of ['onnx', 'tfjs'] as const) {
    const choice = { ...onnx, engine };
    expect(mapClassActivation(give([1, 2, 1, 3], [1, 2, 3, 4, 5, 6]), weights, choice)).toEqual(expected);
    expect(mapClassActivation(give([1, 1, 3, 2], [1, 4, 2, 5, 3, 6]), weights, choice)).toEqual(expected);
  }
  const both = give([1, 2, 1, 2], [1, 2, 3, 4]);
  expect(mapClassActivation(both, weights, onnx)).toEqual([{ width: 2, height: 1, values: [31, 42] }]);
  const sideBySide = { width: 1, height: 2, values: [21, 43] };
  expect(mapClassActivation(both, weights, { ...onnx, engine: 'tfjs' })).toEqual([sideBySide]);
});

it('takes a square of weights as the engine has them: a row for each output, or for each channel', () => {
  const features = give([1, 2, 1, 1], [1, 100]);
  const weights = give([2, 2], [1, 2, 3, 4]);
  const second = { count: 1, outputs: 2, index: 1 };
  expect(mapClassActivation(features, weights, { ...second, engine: 'onnx' })[0]?.values).toEqual([3 + 400]);
  const beside = give([1, 1, 1, 2], [1, 100]);
  expect(mapClassActivation(beside, weights, { ...second, engine: 'tfjs' })[0]?.values).toEqual([2 + 400]);
});

it('refuses a map that is no number somewhere, or larger than any that is drawn', () => {
  const features = give([1, 2, 1, 1], [Number.POSITIVE_INFINITY, 1]);
  expect(() => mapClassActivation(features, give([2], [1, 1]), onnx)).toThrow(
    expect.objectContaining({ code: 'output_not_finite' }),
  );
  const most = give([1, 1, 1, mostHeatMapSide], Array<number>(mostHeatMapSide).fill(1));
  expect(mapClassActivation(most, give([1], [1]), onnx)[0]?.width).toBe(mostHeatMapSide);
  const side = mostHeatMapSide + 1;
  for (const [height, width] of [
    [1, side],
    [side, 1],
  ]) {
    const large = give([1, 2, height ?? 0, width ?? 0], Array<number>(2 * side).fill(1));
    expect(() => mapClassActivation(large, give([2], [1, 1]), onnx)).toThrow(
      expect.objectContaining({ code: 'cam_mismatch' }),
    );
  }
});
