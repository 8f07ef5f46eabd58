import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { OnnxGraph } from './onnx-graph.js';
import { transpose } from './transpose.js';

type Layer = LayersModel['layers'][number];

/** A layer that is being written: its name, the names of what it is made of, its weights by their last names. */
interface LayerToWrite {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly config: unknown;
  readonly weights: ReadonlyMap<string, Weight>;
}

/** `name` as in TF.js: `classifier/kernel`. */
interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Writes a network of layers as ONNX, channels first, the number of images open. A layer's value has the layer's name and
 * a weight its name in TF.js, so that `features` and `classifier/kernel` are found in both.
 *
 * @throws Error of a layer that no DenseNet has
 */
export function convertToOnnx(network: LayersModel): Uint8Array {
  const graph = new OnnxGraph();
  for (const layer of network.layers) {
    const kind = layer.getClassName();
    const write = writers[kind];
    if (!write) throw new Error(`There is no way to write a layer ${kind} (${layer.name}) as ONNX.`);
    write(graph, describeLayer(layer));
    if (layer.name === 'features') graph.addInner(layer.name, channelsFirst(layer.outputShape as number[]));
  }
  for (const name of network.outputNames) {
    graph.addOutput(name, channelsFirst(network.getLayer(name).outputShape as number[]));
  }
  return graph.encode('densenet');
}

function describeLayer(layer: Layer): LayerToWrite {
  const inputs = layer.getClassName() === 'InputLayer' ? [] : [layer.input].flat();
  const tensors = layer.getWeights() as Tensor[];
  const weights = layer.weights.map(({ originalName }, place): [string, Weight] => {
    const tensor = tensors[place];
    const values = tensor?.dataSync() as Float32Array;
    return [originalName.split('/').at(-1) ?? '', { name: originalName, shape: tensor?.shape ?? [], values }];
  });
  return {
    name: layer.name,
    inputs: inputs.map(({ sourceLayer }) => sourceLayer.name),
    config: layer.getConfig(),
    weights: new Map(weights),
  };
}

const pairSchema = z.union([z.number().transform((side) => [side, side]), z.array(z.number())]);
const inputSchema = z.object({ batchInputShape: z.array(z.number().nullable()) });
const paddingSchema = z.object({ padding: z.tuple([pairSchema, pairSchema]) });
const convolutionSchema = z.object({ kernelSize: pairSchema, strides: pairSchema, padding: z.enum(['same', 'valid']) });
const poolSchema = z.object({ poolSize: pairSchema, strides: pairSchema, padding: z.literal('valid') });
const normalizationSchema = z.object({ epsilon: z.number(), axis: z.literal(-1) });
const activationSchema = z.object({ activation: z.enum(['relu', 'sigmoid', 'linear']) });

type Write = (graph: OnnxGraph, layer: LayerToWrite) => void;

const writers: Readonly<Record<string, Write>> = {
  InputLayer(graph, { name, config }) {
    const { batchInputShape } = inputSchema.parse(config);
    graph.addInput(name, channelsFirst(batchInputShape));
  },
  ZeroPadding2D(graph, { name, inputs, config }) {
    const { padding } = paddingSchema.parse(config);
    const [[top, bottom], [left, right]] = padding as [[number, number], [number, number]];
    const margins = graph.addIntegers(`${name}/margins`, [0, 0, top, left, 0, 0, bottom, right]);
    graph.addNode('Pad', name, [...inputs, margins]);
  },
  Conv2D(graph, { name, inputs, config, weights }) {
    const { kernelSize, strides, padding } = convolutionSchema.parse(config);
    const kernel = weightOf(weights, 'kernel');
    const bias = weights.get('bias');
    if (padding === 'same' && strides.some((stride) => stride !== 1))
      throw new Error(`${name}: no strides with “same”.`);
    const margins = kernelSize.map((side) => (padding === 'same' ? (side - 1) / 2 : 0));
    const [height = 0, width = 0, inputChannels = 0, filters = 0] = kernel.shape;
    const turned = transpose(kernel.values, kernel.shape, [3, 2, 0, 1]);
    const all = [graph.addWeights(kernel.name, turned, [filters, inputChannels, height, width])];
    if (bias) all.push(graph.addWeights(bias.name, bias.values, bias.shape));
    graph.addNode('Conv', name, [...inputs, ...all], {
      kernel_shape: kernelSize,
      strides,
      pads: [...margins, ...margins],
    });
  },
  BatchNormalization(graph, { name, inputs, config, weights }) {
    const { epsilon } = normalizationSchema.parse(config);
    const all = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((kind) => {
      const weight = weightOf(weights, kind);
      return graph.addWeights(weight.name, weight.values, weight.shape);
    });
    graph.addNode('BatchNormalization', name, [...inputs, ...all], { epsilon: { float: epsilon } });
  },
  ReLU: (graph, { name, inputs }) => graph.addNode('Relu', name, inputs),
  Activation(graph, { name, inputs, config }) {
    const { activation } = activationSchema.parse(config);
    graph.addNode({ relu: 'Relu', sigmoid: 'Sigmoid', linear: 'Identity' }[activation], name, inputs);
  },
  MaxPooling2D: (graph, layer) => writePool(graph, layer, 'MaxPool'),
  AveragePooling2D: (graph, layer) => writePool(graph, layer, 'AveragePool'),
  Concatenate: (graph, { name, inputs }) => graph.addNode('Concat', name, inputs, { axis: 1 }),
  GlobalAveragePooling2D(graph, { name, inputs }) {
    graph.addNode('GlobalAveragePool', `${name}/maps`, inputs);
    graph.addNode('Flatten', name, [`${name}/maps`], { axis: 1 });
  },
  Dense(graph, { name, inputs, config, weights }) {
    const { activation } = activationSchema.parse(config);
    if (activation !== 'linear') throw new Error(`${name}: an activation must be a layer of its own.`);
    const all = ['kernel', 'bias'].map((kind) => {
      const weight = weightOf(weights, kind);
      return graph.addWeights(weight.name, weight.values, weight.shape);
    });
    graph.addNode('Gemm', name, [...inputs, ...all]);
  },
  Average: (graph, { name, inputs }) => graph.addNode('Mean', name, inputs),
};

function writePool(graph: OnnxGraph, { name, inputs, config }: LayerToWrite, operator: string): void {
  const { poolSize, strides } = poolSchema.parse(config);
  graph.addNode(operator, name, inputs, { kernel_shape: poolSize, strides });
}

function weightOf(weights: LayerToWrite['weights'], kind: string): Weight {
  const weight = weights.get(kind);
  if (!weight) throw new Error(`The layer has no ${kind}; it has ${[...weights.keys()].join(', ')}.`);
  return weight;
}

/** Of images × height × width × channels; a shape of two sides is as it is. */
function channelsFirst([, ...sides]: readonly (number | null)[]): (number | string)[] {
  const known = sides.map((side) => side ?? 0);
  const turned = known.length === 3 ? [known[2] ?? 0, known[0] ?? 0, known[1] ?? 0] : known;
  return ['images', ...turned];
}
