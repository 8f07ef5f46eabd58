import { describe, expect, it } from 'vitest';
import { buildOnnx, type OnnxParts } from '../testing/build-onnx.js';
import { buildZip } from '../testing/build-zip.js';
import { catchRefusal, openAndCheck } from '../testing/catch-refusal.js';

const cam = { features: 'relu', weights: 'last' };

function onnxBundle(
  named: object = cam,
  { shape = ['n', 64, 7, 7] as (number | string)[], sides = [1, 64], values = 1 } = {},
) {
  const model: OnnxParts = {
    inner: [{ name: 'relu', shape }, { name: 'pooled' }],
    weights: [{ name: 'last', sides }],
    outputs: [{ name: 'probability', shape: ['n', values] }],
  };
  const output = { index: 0 };
  return buildZip([
    {
      path: 'holdout.json',
      data: JSON.stringify({ name: 'A', engine: 'onnx', model: 'model.onnx', output, cam: named }),
    },
    { path: 'model.onnx', data: buildOnnx(model) },
  ]);
}

function tfjsBundle(named: object, shape = [64, 2]) {
  const layers = [
    { class_name: 'Conv2D', config: { name: 'conv', filters: 64, batch_input_shape: [null, 32, 32, 1] } },
    { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } },
    { class_name: 'Dense', config: { name: 'dense', units: 2 } },
  ];
  const weights = [{ name: 'dense/kernel', shape, dtype: 'float32' }];
  const model = {
    format: 'layers-model',
    modelTopology: { model_config: { class_name: 'Sequential', config: { layers } } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  const output = { index: 1, activation: 'softmax' };
  return buildZip([
    {
      path: 'holdout.json',
      data: JSON.stringify({ name: 'A', engine: 'tfjs', model: 'model.json', output, cam: named }),
    },
    { path: 'model.json', data: JSON.stringify(model) },
    { path: 'weights.bin', data: Buffer.alloc(4 * shape.reduce((product, side) => product * side, 1)) },
  ]);
}

it.each([
  ['one output, as Gemm has it', onnxBundle()],
  ['one output, as a convolution has it', onnxBundle(cam, { sides: [1, 64, 1, 1] })],
  ['the values alone', onnxBundle(cam, { sides: [64] })],
  ['channels last', onnxBundle(cam, { shape: ['n', 7, 7, 64] })],
  ['two outputs', onnxBundle(cam, { sides: [2, 64], values: 2 })],
  ['sides that the file leaves open', onnxBundle(cam, { shape: ['n', 'k', 'h', 'w'], sides: [100] })],
  ['features without a shape', onnxBundle({ features: 'pooled', weights: 'last' })],
])('takes features and weights of %s', async (_what, bundle) => {
  const { manifest } = await openAndCheck(bundle);
  expect(manifest).toMatchObject({ cam: { weights: 'last' } });
});

it('takes a layer and a weight of a TF.js model', async () => {
  const named = { features: 'conv', weights: 'dense/kernel' };
  expect((await openAndCheck(tfjsBundle(named))).manifest).toMatchObject({ cam: named });
});

describe('what is wrong', () => {
  it.each([
    ['cam.features', 'gone', onnxBundle({ ...cam, features: 'gone' }), 'such as pooled, relu'],
    ['cam.weights', 'gone', onnxBundle({ ...cam, weights: 'gone' }), 'one of the model’s weights, such as last'],
    ['cam.features', 'last', onnxBundle({ features: 'last', weights: 'last' }), 'a tensor that the model works out'],
    ['cam.features', '[?, 64]', onnxBundle(cam, { shape: ['n', 64] }), 'four dimensions'],
    ['cam.weights', '[1, 65]', onnxBundle(cam, { sides: [1, 65] }), 'one value for each of the 64 channels'],
    ['cam.weights', '[1, 64]', onnxBundle(cam, { values: 2 }), '64 channels of the features and each of the 2 outputs'],
    ['cam.weights', '[64, 2, 3]', onnxBundle(cam, { sides: [64, 2, 3] }), 'one value for each of the 64 channels'],
    ['cam.features', 'nope', tfjsBundle({ features: 'nope', weights: 'dense/kernel' }), 'such as dense, pool, conv'],
    ['cam.weights', '[32, 2]', tfjsBundle({ features: 'conv', weights: 'dense/kernel' }, [32, 2]), '64 channels'],
  ])('is said of %s: found %s', async (field, found, bundle, expected) => {
    const refusal = await catchRefusal(bundle);
    expect(refusal.code).toBe('manifest_contradicts_model');
    expect(refusal.problems).toHaveLength(1);
    expect(refusal.problems[0]).toMatchObject({ file: 'holdout.json', field });
    expect(refusal.problems[0]?.found).toContain(found);
    expect(refusal.problems[0]?.expected).toContain(expected);
  });

  it('is told of the manifest alone', async () => {
    const refusal = await catchRefusal(onnxBundle({ features: 'relu' }));
    expect(refusal.problems).toMatchObject([{ code: 'manifest_invalid', field: 'cam.weights', found: 'nothing' }]);
  });
});
