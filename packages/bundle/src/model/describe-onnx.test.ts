import { assert, asyncProperty, integer } from 'fast-check';
import { expect, it } from 'vitest';
import { buildOnnx } from '../testing/build-onnx.js';
import { describeOnnx } from './describe-onnx.js';

const model = buildOnnx({
  inputs: [
    { name: 'images', shape: ['n', 3, 200, 300] },
    // As older exporters do: a weight among the inputs.
    { name: 'kernel', shape: [5] },
  ],
  outputs: [{ name: 'probability', shape: ['n', 1] }],
  weights: [
    { name: 'kernel', bytes: 300 },
    { name: 'far', location: 'far.bin' },
  ],
});

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

it('reads the same of a model in whatever pieces it comes', async () => {
  const expected = {
    inputs: [{ name: 'images', elementType: 'float32', shape: [null, 3, 200, 300] }],
    outputs: [{ name: 'probability', elementType: 'float32', shape: [null, 1] }],
    external: [{ tensor: 'far', location: 'far.bin' }],
  };
  const whole = await describeOnnx(inChunks(model, model.length));
  expect(whole.inner.examples('weights')).toContain('far');
  const property = asyncProperty(integer({ min: 1, max: model.length }), async (size) => {
    const { inner, ...told } = await describeOnnx(inChunks(model, size));
    expect(told).toEqual(expected);
    for (const kind of ['features', 'weights'] as const)
      expect(inner.examples(kind)).toEqual(whole.inner.examples(kind));
  });
  await assert(property);
});

it('refuses a model that is cut off, wherever', async () => {
  for (let length = 0; length < model.length; length += 1) {
    await expect(describeOnnx(inChunks(model.subarray(0, length), 64))).rejects.toThrow(/ends within|no graph/);
  }
});
