import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedModelManifest } from '@holdout/contracts';
import {
  describeTensor,
  encodeModel,
  encodeNode,
  encodeTensor,
  field,
  intAttribute,
  intsAttribute,
} from './encode-onnx.js';

/**
 * A small network for devices to be measured and compared by: four convolutions that each halve the sides, the mean of each
 * map, and one value. Its weights are drawn, and the same for each engine. An image of this side makes 165 million products.
 */
const usualSide = 224;
const layers = [
  { kernel: 7, from: 1, to: 32 },
  { kernel: 3, from: 32, to: 64 },
  { kernel: 3, from: 64, to: 128 },
  { kernel: 3, from: 128, to: 128 },
] as const;
const width = 128;

export function describeNetwork(engine: 'onnx' | 'tfjs', side = usualSide): ResolvedModelManifest {
  return {
    name: 'measured',
    engine,
    model: engine === 'onnx' ? 'model.onnx' : 'model.json',
    studyAggregation: 'mean',
    threshold: 0.5,
    input: {
      ...{ name: 'images', width: side, height: side, channels: 1, layout: engine === 'onnx' ? 'nchw' : 'nhwc' },
      ...{ resize: 'stretch', scale: 1 / 255, mean: [0.5], std: [0.25], fixedBatchSize: null },
    },
    output: { name: 'value', activation: 'sigmoid', index: 0 },
  };
}

/** Writes the network into a bundle's folder. */
export async function writeNetwork(engine: 'onnx' | 'tfjs', directory: string, side = usualSide): Promise<void> {
  if (engine === 'onnx') await writeFile(join(directory, 'model.onnx'), encodeNetwork(side));
  else await writeLayersModel(directory, side);
}

function encodeNetwork(side: number): Buffer {
  const { kernels, dense } = drawWeights();
  const nodes = layers.flatMap(({ kernel }, place) => [
    Buffer.concat([
      encodeNode('Conv', [place === 0 ? 'images' : `maps${place - 1}`, `w${place}`], [`sums${place}`]),
      field(5, intsAttribute('strides', [2, 2])),
      field(5, intsAttribute('kernel_shape', [kernel, kernel])),
    ]),
    encodeNode('Relu', [`sums${place}`], [`maps${place}`]),
  ]);
  const graph = [
    ...nodes,
    encodeNode('GlobalAveragePool', [`maps${layers.length - 1}`], ['pooled']),
    encodeNode('Flatten', ['pooled'], ['means']),
    Buffer.concat([encodeNode('Gemm', ['means', 'dense'], ['value']), field(5, intAttribute('transB', 1))]),
  ].map((node) => field(1, node));
  return encodeModel(
    Buffer.concat([
      ...graph,
      field(2, 'measured'),
      ...layers.map(({ kernel, from, to }, place) =>
        field(5, encodeTensor(`w${place}`, [to, from, kernel, kernel], kernels[place] ?? [])),
      ),
      field(5, encodeTensor('dense', [1, width], dense)),
      field(11, describeTensor('images', ['n', 1, side, side])),
      field(12, describeTensor('value', ['n', 1])),
    ]),
  );
}

async function writeLayersModel(directory: string, side: number): Promise<void> {
  const { kernels, dense } = drawWeights();
  const format = { data_format: 'channels_last', padding: 'valid', strides: [2, 2], use_bias: false };
  const convolutions = layers.map(({ kernel, to }, place) => ({
    class_name: 'Conv2D',
    config: {
      ...{ name: `conv${place}`, filters: to, kernel_size: [kernel, kernel], activation: 'relu', ...format },
      ...(place === 0 ? { batch_input_shape: [null, side, side, 1] } : {}),
    },
  }));
  const end = [
    { class_name: 'GlobalAveragePooling2D', config: { name: 'pool', data_format: 'channels_last' } },
    { class_name: 'Dense', config: { name: 'value', units: 1, activation: 'linear', use_bias: false } },
  ];
  const weights = [
    ...layers.map(({ kernel, from, to }, place) => ({
      spec: { name: `conv${place}/kernel`, shape: [kernel, kernel, from, to], dtype: 'float32' },
      values: turnKernel(kernels[place] ?? new Float32Array(), layers[place] ?? layers[0]),
    })),
    { spec: { name: 'value/kernel', shape: [width, 1], dtype: 'float32' }, values: dense },
  ];
  const model = {
    format: 'layers-model',
    modelTopology: {
      ...{ keras_version: '2.15.0', backend: 'tensorflow' },
      model_config: { class_name: 'Sequential', config: { name: 'measured', layers: [...convolutions, ...end] } },
    },
    weightsManifest: [{ paths: ['weights.bin'], weights: weights.map(({ spec }) => spec) }],
  };
  await writeFile(join(directory, 'model.json'), JSON.stringify(model));
  await writeFile(
    join(directory, 'weights.bin'),
    Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer))),
  );
}

/** From [to, from, row, column], as ONNX has it, to [row, column, from, to]. */
function turnKernel(values: Float32Array, { kernel, from, to }: (typeof layers)[number]): Float32Array {
  const turned = new Float32Array(values.length);
  const area = kernel * kernel;
  for (const [place, value] of values.entries()) {
    const [filter, channel] = [Math.floor(place / (from * area)), Math.floor(place / area) % from];
    turned[((place % area) * from + channel) * to + filter] = value;
  }
  return turned;
}

/** As large as keeps the values of each layer at the size of those before it (He and others, 2015). */
function drawWeights(): { kernels: Float32Array[]; dense: Float32Array } {
  // Park and Miller's generator, of 1988.
  let state = 1;
  const draw = (count: number, spread: number) =>
    Float32Array.from({ length: count }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return (state / 2_147_483_647 - 0.5) * 2 * spread;
    });
  const kernels = layers.map(({ kernel, from, to }) =>
    draw(to * from * kernel * kernel, Math.sqrt(6 / (from * kernel * kernel))),
  );
  return { kernels, dense: draw(width, Math.sqrt(6 / width)) };
}
