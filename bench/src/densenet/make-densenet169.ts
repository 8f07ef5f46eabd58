import { drawWeights } from './draw-weights.js';
import { OnnxModel } from './onnx-model.js';
import { createRandom, type Random } from './random.js';

export const densenetSide = 320;

/**
 * A DenseNet-169 with one sigmoid output and random weights, as ONNX: `input` of N×3×320×320, `output` of N×1.
 * About 50 MB; the same bytes for the same seed. Batch normalisation is left as nodes of its own, as exporters
 * leave it where it stands before a convolution.
 *
 * Source: G. Huang et al., “Densely Connected Convolutional Networks”, CVPR 2017, table 1 (k = 32, θ = 0.5), with
 * the details of torchvision's `densenet169`, whose number of parameters it is checked against.
 *
 * @param onWeights - is given all weights and statistics, in the order of torchvision's state
 * @throws Error where the number of parameters is not that of a DenseNet-169.
 */
export function makeDensenet169(seed: number, onWeights?: (values: Float32Array) => void): Uint8Array {
  const model = new OnnxModel(onWeights);
  const random = createRandom(seed);
  let features = addStem(model, random);
  for (const [place, layers] of blockLayers.entries()) {
    for (let layer = 0; layer < layers; layer++) features = addDenseLayer(model, random, features);
    if (place < blockLayers.length - 1) features = addTransition(model, random, features);
  }
  addClassifier(model, random, features);
  if (model.parameters !== expectedParameters) {
    throw new Error(`The net has ${model.parameters} parameters, expected ${expectedParameters} of a DenseNet-169.`);
  }
  return model.finish(
    'densenet169',
    { name: 'input', dimensions: ['batch', 3, densenetSide, densenetSide] },
    { name: 'output', dimensions: ['batch', 1] },
  );
}

const blockLayers = [6, 12, 32, 32];
const growth = 32;
const bottleneck = 4 * growth;
const stemChannels = 64;
/** torchvision's 14,149,480 less the 1,665,000 of its 1000 classes, and 1,665 for one output. */
const expectedParameters = 12_486_145;

/** A value of the graph and how many channels it has. */
interface Features {
  readonly name: string;
  readonly channels: number;
}

function addStem(model: OnnxModel, random: Random): Features {
  const wide = addConvolution(model, random, { name: 'input', channels: 3 }, stemChannels, 7, 2);
  const active = addNormRelu(model, wide);
  const name = model.addNode('MaxPool', [active.name], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  return { name, channels: stemChannels };
}

/** Batch norm, ReLU, 1×1, batch norm, ReLU, 3×3; its 32 new channels are appended to all that came before. */
function addDenseLayer(model: OnnxModel, random: Random, features: Features): Features {
  const narrow = addConvolution(model, random, addNormRelu(model, features), bottleneck, 1, 1);
  const added = addConvolution(model, random, addNormRelu(model, narrow), growth, 3, 1);
  const name = model.addNode('Concat', [features.name, added.name], { axis: 1 });
  return { name, channels: features.channels + growth };
}

/** Halves the channels and each side. */
function addTransition(model: OnnxModel, random: Random, features: Features): Features {
  const half = addConvolution(model, random, addNormRelu(model, features), features.channels / 2, 1, 1);
  const name = model.addNode('AveragePool', [half.name], { kernel_shape: [2, 2], strides: [2, 2] });
  return { name, channels: half.channels };
}

function addClassifier(model: OnnxModel, random: Random, features: Features): void {
  const active = addNormRelu(model, features);
  const pooled = model.addNode('GlobalAveragePool', [active.name]);
  const flat = model.addNode('Flatten', [pooled], { axis: 1 });
  const weights = model.addWeights(drawWeights(random, features.channels, features.channels), [1, features.channels]);
  const bias = model.addWeights(new Float32Array(1), [1]);
  const logit = model.addNode('Gemm', [flat, weights, bias], { transB: 1 });
  model.addNode('Sigmoid', [logit], {}, 'output');
}

function addNormRelu(model: OnnxModel, { name, channels }: Features): Features {
  const ones = () => new Float32Array(channels).fill(1);
  const gain = model.addWeights(ones(), [channels]);
  const shift = model.addWeights(new Float32Array(channels), [channels]);
  const mean = model.addWeights(new Float32Array(channels), [channels], false);
  const variance = model.addWeights(ones(), [channels], false);
  const normal = model.addNode('BatchNormalization', [name, gain, shift, mean, variance], { epsilon: 1e-5 });
  return { name: model.addNode('Relu', [normal]), channels };
}

function addConvolution(
  model: OnnxModel,
  random: Random,
  { name, channels }: Features,
  outputs: number,
  side: number,
  stride: number,
): Features {
  const fanIn = channels * side * side;
  const weights = model.addWeights(drawWeights(random, outputs * fanIn, fanIn), [outputs, channels, side, side]);
  const margin = (side - 1) / 2;
  const convolution = model.addNode('Conv', [name, weights], {
    kernel_shape: [side, side],
    strides: [stride, stride],
    pads: [margin, margin, margin, margin],
  });
  return { name: convolution, channels: outputs };
}
