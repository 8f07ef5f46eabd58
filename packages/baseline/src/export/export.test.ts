import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBundle } from '@holdout/bundle';
import { openFolder } from '@holdout/bundle/node';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildDenseNet } from '../densenet/build-densenet.js';
import { type DenseNetShape, networks } from '../densenet/networks.js';
import { startBackend } from '../gradients/start-backend.js';
import { convertToOnnx } from '../onnx/convert-to-onnx.js';
import { transpose } from '../onnx/transpose.js';
import { makeFolder } from '../testing/make-folder.js';
import { runPython } from '../testing/run-python.js';
import { shakeWeights } from '../testing/shake-weights.js';
import { readWeights } from '../train/named-variables.js';
import { combineMembers } from './combine-members.js';
import { loadNetwork } from './load-network.js';
import { type BundleWords, demandFreePlace, writeBundle } from './write-bundle.js';

const shape: DenseNetShape = { blocks: [2, 1, 2], growth: 4, initialFeatures: 6, inputSize: 64, channels: 3 };
const words: BundleWords = {
  name: 'Network',
  input: { width: 64, height: 64, channels: 3, resize: 'stretch', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  output: { name: 'probability', activation: 'none' },
  studyAggregation: 'mean',
  threshold: 0.5,
};
let folder = '';
let remove = async () => {};

beforeAll(async () => {
  ({ folder, remove } = await makeFolder());
  await startBackend();
});
afterAll(() => remove());

it.each([1, 3])('says the same as ONNX and as TF.js, of %i members', async (count) => {
  const members = makeMembers(count);
  const network = combineMembers(shape, members);
  const images = drawImages(5);
  const expected = predict(network, images);
  expect(new Set(expected).size).toBe(5);

  const [onnx, tfjs] = [join(folder, `onnx${count}`), join(folder, `tfjs${count}`)];
  await writeBundle(onnx, 'onnx', network, words);
  await writeBundle(tfjs, 'tfjs', network, words);
  expectClose(await predictOnnx(join(onnx, 'model.onnx'), images), expected);
  const loaded = await loadNetwork(tfjs, {});
  expectClose(predict(loaded.network, images), expected);
  // The mean of what the members say alone.
  const alone = members.map((member) => predict(combineMembers(shape, [member]), images));
  const means = expected.map((_, place) => alone.reduce((sum, values) => sum + (values[place] ?? 0), 0) / count);
  expectClose(expected, means);
});

it('is what ONNX’s own checker accepts, with any number of images', async () => {
  const path = join(folder, 'onnx3', 'model.onnx');
  const program = `
import json, onnx, sys
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
show = lambda values: {v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in values}
print(json.dumps({"opset": model.opset_import[0].version, "inputs": show(model.graph.input),
                  "outputs": show(model.graph.output), "inferred": show(inferred.graph.value_info)}))`;
  const found = JSON.parse(await runPython(program, path));
  expect(found.opset).toBe(17);
  expect(found.inputs).toEqual({ image: ['images', 3, 64, 64] });
  expect(found.outputs).toEqual({ probability: ['images', 1] });
  expect(found.inferred['member2.features']).toEqual(['images', 13, 4, 4]);
});

it('writes all of DenseNet-169 so that the checker accepts it, and both formats say the same of an image', {
  timeout: 600_000,
}, async () => {
  const network = shakeWeights(buildDenseNet(networks.densenet169, { seed: 'large' }));
  const { inputSize } = networks.densenet169;
  const input = { ...words.input, width: inputSize, height: inputSize };
  const [onnx, tfjs] = [join(folder, 'onnx169'), join(folder, 'tfjs169')];
  await writeBundle(onnx, 'onnx', network, { ...words, input });
  await writeBundle(tfjs, 'tfjs', network, { ...words, input });
  const program =
    'import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True); print("accepted")';
  expect(await runPython(program, join(onnx, 'model.onnx'))).toBe('accepted\n');

  const images = drawImages(1, inputSize);
  const [expected = Number.NaN] = predict((await loadNetwork(tfjs, {})).network, images);
  // Else any network would agree with any other.
  expect(Math.abs(expected - 0.5)).toBeLessThan(0.499);
  expectClose(await predictOnnx(join(onnx, 'model.onnx'), images), [expected]);
});

it('names the feature maps and the last weights alike in both', async () => {
  const program = `
import json, onnx, sys
graph = onnx.load(sys.argv[1]).graph
print(json.dumps({"values": [output for node in graph.node for output in node.output],
                  "shape": [d.dim_value for v in graph.value_info if v.name == "features" for d in v.type.tensor_type.shape.dim],
                  "weights": {i.name: list(i.dims) for i in graph.initializer}}))`;
  const found = JSON.parse(await runPython(program, join(folder, 'onnx1', 'model.onnx')));
  expect(found.values).toContain('features');
  expect(found.shape).toEqual([0, 13, 4, 4]);
  expect(found.weights['classifier/kernel']).toEqual([13, 1]);
  const { network } = await loadNetwork(join(folder, 'tfjs1'), {});
  expect(network.getLayer('features').outputShape).toEqual([null, 4, 4, 13]);
  expect(readWeights(network).find(({ name }) => name === 'classifier/kernel')?.shape).toEqual([13, 1]);
});

it.each(['onnx1', 'onnx3', 'tfjs1', 'tfjs3'])('%s is a bundle that passes every check', async (name) => {
  const { manifest } = await checkBundle(await openFolder(join(folder, name)));
  expect(manifest).toMatchObject({ name: 'Network', input: { width: 64, channels: 3, fixedBatchSize: null } });
});

it('writes the same bytes for the same network, wherever it comes from', async () => {
  const read = (bundle: string, file: string) => readFile(join(folder, bundle, file));
  await writeBundle(join(folder, 'again'), 'tfjs', combineMembers(shape, makeMembers(3)), words);
  for (const file of ['model.json', 'weights.bin']) {
    expect((await read('again', file)).equals(await read('tfjs3', file))).toBe(true);
  }
  const { network } = await loadNetwork(join(folder, 'tfjs3'), {});
  expect((await read('onnx3', 'model.onnx')).equals(convertToOnnx(network))).toBe(true);
});

it('leaves a bundle that is there alone where it can’t write the new one', async () => {
  const place = join(folder, 'kept');
  await mkdir(place);
  await writeFile(join(place, 'holdout.json'), 'old');
  const image = input({ shape: [8, 8, 1], name: 'image' });
  const unknown = model({ inputs: image, outputs: layers.upSampling2d({}).apply(image) as SymbolicTensor });
  await expect(writeBundle(place, 'onnx', unknown, words)).rejects.toThrow('UpSampling2D');
  expect(await readFile(join(place, 'holdout.json'), 'utf8')).toBe('old');
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  await expect(demandFreePlace(place, false)).rejects.toThrow('is there already');
  await demandFreePlace(place, true);
  await chmod(place, 0o755);
});

it('refuses what no DenseNet has and ONNX would do in another way', () => {
  const image = input({ shape: [8, 8, 1], name: 'image' });
  const strided = layers.conv2d({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', name: 'strided' });
  const means = layers.globalAveragePooling2d({}).apply(image) as SymbolicTensor;
  const activated = layers.dense({ units: 1, activation: 'sigmoid', name: 'activated' });
  const convert = (outputs: unknown) => convertToOnnx(model({ inputs: image, outputs: outputs as SymbolicTensor }));
  expect(() => convert(strided.apply(image))).toThrow('strided: no strides with “same”');
  expect(() => convert(activated.apply(means))).toThrow('activated: an activation must be a layer of its own');
});

it('turns the sides of a tensor', () => {
  const values = Float32Array.from([0, 1, 2, 3, 4, 5]);
  expect([...transpose(values, [2, 3], [1, 0])]).toEqual([0, 3, 1, 4, 2, 5]);
});

function makeMembers(count: number) {
  return Array.from({ length: count }, (_, place) => {
    const network = shakeWeights(buildDenseNet(shape, { seed: String(place) }));
    return new Map(readWeights(network).map((tensor) => [tensor.name, tensor]));
  });
}

/** images × height × width × 3 */
function drawImages(count: number, side = 64): tf.Tensor4D {
  const values = Float32Array.from({ length: count * side * side * 3 }, (_, place) =>
    Math.sin(place * (1 + place / 1e5)),
  );
  return tf.tensor4d(values, [count, side, side, 3]);
}

function predict(network: LayersModel, images: tf.Tensor4D): number[] {
  return [...(network.predict(images) as tf.Tensor).dataSync()];
}

async function predictOnnx(path: string, images: tf.Tensor4D): Promise<number[]> {
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1 });
  const values = transpose(images.dataSync() as Float32Array, images.shape, [0, 3, 1, 2]);
  const { probability } = await session.run({
    image: new Tensor('float32', values, [images.shape[0], 3, images.shape[1], images.shape[2]]),
  });
  expect(probability?.dims).toEqual([images.shape[0], 1]);
  return Array.from((probability?.data ?? []) as Float32Array);
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [place, value] of found.entries())
    expect(Math.abs(value - (expected[place] ?? Number.NaN))).toBeLessThan(1e-5);
}
