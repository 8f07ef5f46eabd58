import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  describeModel,
  field,
  intAttribute,
  makeFolder,
  node,
  number,
  type TestBundle,
  tensor,
  value,
  writeOnnxFile,
} from './write-models.js';

/**
 * A network whose class activation map can be worked out by hand: of each quarter of 4 × 4 pixels of its input of 8 × 8
 * the first feature is the mean, the second the pixel at the top left; then their means, and a layer of these weights,
 * one row an output.
 */
export interface CamModel {
  weights: [number, number][];
  fixedBatchSize?: number;
  /** Of ONNX: the last weights lie in a file beside the model. */
  external?: boolean;
}

export const camWriters = { onnx: writeOnnx, tfjs: writeTfjs };

const [side, block] = [8, 4];
const means = Array<number>(block * block).fill(1 / 16);
const corners = [1, ...Array<number>(block * block - 1).fill(0)];

async function writeOnnx({ weights, fixedBatchSize, external = false }: CamModel): Promise<TestBundle> {
  const list = (name: string, values: number[]) =>
    Buffer.concat([field(1, name), ...values.map((each) => number(8, each)), number(20, 7)]);
  const directory = await makeFolder();
  const graph = Buffer.concat([
    field(1, Buffer.concat([node('Conv', ['images', 'kernels'], ['features']), field(5, list('strides', [4, 4]))])),
    field(1, node('GlobalAveragePool', ['features'], ['pooled'])),
    field(1, node('Flatten', ['pooled'], ['means'])),
    field(1, Buffer.concat([node('Gemm', ['means', 'w', 'b'], ['values']), field(5, intAttribute('transB', 1))])),
    field(2, 'cam'),
    field(5, tensor('kernels', [2, 1, block, block], [...means, ...corners])),
    field(
      5,
      external ? await writeExternal(directory, 'w', weights) : tensor('w', [weights.length, 2], weights.flat()),
    ),
    field(5, tensor('b', [weights.length], Array<number>(weights.length).fill(0))),
    field(11, value('images', [fixedBatchSize ?? 'n', 1, side, side])),
    field(12, value('values', [fixedBatchSize ?? 'n', weights.length])),
  ]);
  await writeOnnxFile(directory, graph);
  const manifest = describeModel('onnx', 'model.onnx', 'nchw', 1, side, fixedBatchSize);
  return finish({ directory, manifest }, { features: 'features', weights: 'w' });
}

/** A tensor of floats whose numbers lie in `NAME.bin`. */
async function writeExternal(directory: string, name: string, weights: number[][]): Promise<Buffer> {
  await writeFile(join(directory, `${name}.bin`), Buffer.from(Float32Array.from(weights.flat()).buffer));
  const location = Buffer.concat([field(1, 'location'), field(2, `${name}.bin`)]);
  const sides = [weights.length, 2].map((length) => number(1, length));
  return Buffer.concat([...sides, number(2, 1), field(8, name), field(13, location), number(14, 1)]);
}

async function writeTfjs({ weights, fixedBatchSize }: CamModel): Promise<TestBundle> {
  const convolution = { filters: 2, kernel_size: [block, block], strides: [block, block], padding: 'valid' };
  const layers = [
    {
      class_name: 'Conv2D',
      config: { name: 'features', ...convolution, use_bias: false, batch_input_shape: [null, side, side, 1] },
    },
    { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } },
    { class_name: 'Dense', config: { name: 'values', units: weights.length, use_bias: false } },
  ];
  const model_config = { class_name: 'Sequential', config: { name: 'm', layers } };
  const specs = [
    { name: 'features/kernel', shape: [block, block, 1, 2], dtype: 'float32' },
    { name: 'values/kernel', shape: [2, weights.length], dtype: 'float32' },
  ];
  const model = {
    format: 'layers-model',
    modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config },
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
  };
  const kernels = means.flatMap((mean, place) => [mean, corners[place] ?? 0]);
  const transposed = [0, 1].flatMap((channel) => weights.map((row) => row[channel] ?? 0));
  const directory = await makeFolder();
  await writeFile(join(directory, 'model.json'), JSON.stringify(model));
  await writeFile(join(directory, 'weights.bin'), Buffer.from(Float32Array.from([...kernels, ...transposed]).buffer));
  const manifest = describeModel('tfjs', 'model.json', 'nhwc', 1, side, fixedBatchSize);
  return finish({ directory, manifest }, { features: 'features', weights: 'values/kernel' });
}

/** Pixels as they are, so that everything is a whole number or a half of one. */
function finish({ directory, manifest }: TestBundle, cam: { features: string; weights: string }): TestBundle {
  const output = { name: 'values', activation: 'sigmoid', index: 0 } as const;
  return { directory, manifest: { ...manifest, input: { ...manifest.input, scale: 1 }, output, cam } };
}

/** The same layers model as a graph model, as TensorFlow's converter writes them. */
export async function rewriteAsGraph({ directory, manifest }: TestBundle): Promise<TestBundle> {
  const path = join(directory, 'model.json');
  const { weightsManifest } = JSON.parse(await readFile(path, 'utf8')) as { weightsManifest: object };
  const float = { type: 'DT_FLOAT' };
  const constant = (name: string) => ({ name, op: 'Const', attr: { dtype: float } });
  const axes = { name: 'axes', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } };
  const dim = [-1, side, side, 1].map((size) => ({ size: String(size) }));
  const ints = (values: number[]) => ({ list: { i: values.map(String) } });
  const attr = {
    strides: ints([1, block, block, 1]),
    padding: { s: Buffer.from('VALID').toString('base64') },
    data_format: { s: Buffer.from('NHWC').toString('base64') },
    dilations: ints([1, 1, 1, 1]),
    T: float,
  };
  const nodes = [
    { name: 'images', op: 'Placeholder', attr: { dtype: float, shape: { shape: { dim } } } },
    constant('features/kernel'),
    constant('values/kernel'),
    axes,
    { name: 'features', op: 'Conv2D', input: ['images', 'features/kernel'], attr },
    { name: 'pool', op: 'Mean', input: ['features', 'axes'], attr: { keep_dims: { b: false }, T: float } },
    { name: 'values', op: 'MatMul', input: ['pool', 'values/kernel'], attr: { T: float } },
  ];
  const [group] = weightsManifest as { paths: string[]; weights: object[] }[];
  const more = { name: 'axes', shape: [2], dtype: 'int32' };
  await writeFile(join(directory, 'axes.bin'), Buffer.from(Int32Array.of(1, 2).buffer));
  const weights = [{ paths: ['weights.bin', 'axes.bin'], weights: [...(group?.weights ?? []), more] }];
  await writeFile(
    path,
    JSON.stringify({ format: 'graph-model', modelTopology: { node: nodes, versions: {} }, weightsManifest: weights }),
  );
  return { directory, manifest };
}
