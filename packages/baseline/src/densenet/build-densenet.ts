import { createHash } from 'node:crypto';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { initializers, input, type LayersModel, layers, model } from '@tensorflow/tfjs-layers';
import type { DenseNetShape } from './networks.js';
import { NormalizeAndRectify, Rectified } from './normalize-and-rectify.js';

export interface BuildOptions {
  /** First weights are drawn from it; the same for the same seed. */
  readonly seed?: string;
  /** Stands before the name of each layer, where several networks become one model. */
  readonly prefix?: string;
  /** The image; a new one where it is left out. */
  readonly image?: SymbolicTensor;
}

/** Of torchvision; Keras' DenseNet has 1.001e-5, which reading its weights makes up for. */
export const normalizationEpsilon = 1e-5;

/**
 * A DenseNet with one sigmoid output, from `image` (NHWC) to `probability`. Its last feature maps are the layer
 * `features`, the weights over their means `classifier/kernel`.
 *
 * Layers are called as torchvision calls its modules, and do exactly the same: no bias in convolutions, three pixels of
 * margin on every side of the first (“same” of TF would put them elsewhere), ε of 1e-5, new channels after the old ones.
 *
 * Source: G. Huang et al., “Densely Connected Convolutional Networks”, CVPR 2017, with bottlenecks of 4·growth channels
 * and transitions that halve the channels (DenseNet-BC).
 */
export function buildDenseNet(shape: DenseNetShape, options: BuildOptions = {}): LayersModel {
  const { inputSize, channels, blocks } = shape;
  const image = options.image ?? input({ shape: [inputSize, inputSize, channels], name: 'image' });
  const network = new Network(options);
  let maps = addStem(network, image, shape.initialFeatures);
  for (const [place, count] of blocks.entries()) {
    for (let layer = 1; layer <= count; layer += 1) {
      maps = addDenseLayer(network, maps, `features.denseblock${place + 1}.denselayer${layer}`, shape.growth);
    }
    if (place < blocks.length - 1) maps = addTransition(network, maps, `features.transition${place + 1}`);
  }
  maps = network.normalize(maps, `features.norm${blocks.length + 1}`, 'features');
  return model({ name: 'densenet', inputs: image, outputs: addClassifier(network, maps) });
}

function addStem(network: Network, image: SymbolicTensor, filters: number): SymbolicTensor {
  const wide = network.convolve(network.pad(image, 'features.pad0', 3), 'features.conv0', {
    filters,
    side: 7,
    stride: 2,
  });
  const active = network.normalize(wide, 'features.norm0', 'features.relu0');
  // What was rectified is nowhere below 0: a margin of zeros is as good as torchvision's of −∞.
  const padded = network.pad(active, 'features.pad1', 1);
  const pool = layers.maxPooling2d({ name: network.name('features.pool0'), poolSize: 3, strides: 2, padding: 'valid' });
  return pool.apply(padded) as SymbolicTensor;
}

function addDenseLayer(network: Network, maps: SymbolicTensor, name: string, growth: number): SymbolicTensor {
  const first = network.normalize(maps, `${name}.norm1`, `${name}.relu1`);
  const narrow = network.convolve(first, `${name}.conv1`, { filters: 4 * growth, side: 1, stride: 1 });
  const second = network.normalize(narrow, `${name}.norm2`, `${name}.relu2`);
  const added = network.convolve(second, `${name}.conv2`, { filters: growth, side: 3, stride: 1 });
  return layers.concatenate({ name: network.name(`${name}.concat`) }).apply([maps, added]) as SymbolicTensor;
}

function addTransition(network: Network, maps: SymbolicTensor, name: string): SymbolicTensor {
  const active = network.normalize(maps, `${name}.norm`, `${name}.relu`);
  const filters = Math.floor(countChannels(maps) / 2);
  const half = network.convolve(active, `${name}.conv`, { filters, side: 1, stride: 1 });
  const pool = layers.averagePooling2d({
    name: network.name(`${name}.pool`),
    poolSize: 2,
    strides: 2,
    padding: 'valid',
  });
  return pool.apply(half) as SymbolicTensor;
}

function addClassifier(network: Network, maps: SymbolicTensor): SymbolicTensor {
  const means = layers.globalAveragePooling2d({ name: network.name('means') }).apply(maps) as SymbolicTensor;
  const kernelInitializer = initializers.glorotUniform({ seed: network.seedOf('classifier') });
  const classifier = layers.dense({ name: network.name('classifier'), units: 1, kernelInitializer });
  const logit = classifier.apply(means) as SymbolicTensor;
  return layers.activation({ name: network.name('probability'), activation: 'sigmoid' }).apply(logit) as SymbolicTensor;
}

/** The layers that a DenseNet is made of, each with its name and its share of the seed. */
class Network {
  readonly #prefix: string;
  readonly #seed: string;

  constructor({ prefix = '', seed = '' }: BuildOptions) {
    this.#prefix = prefix;
    this.#seed = seed;
  }

  name(name: string): string {
    return `${this.#prefix}${name}`;
  }

  seedOf(name: string): number {
    return createHash('sha256').update(`${this.#seed}/${name}`).digest().readUInt32LE(0);
  }

  pad(maps: SymbolicTensor, name: string, margin: number): SymbolicTensor {
    return layers.zeroPadding2d({ name: this.name(name), padding: margin }).apply(maps) as SymbolicTensor;
  }

  convolve(
    maps: SymbolicTensor,
    name: string,
    { filters, side, stride }: { filters: number; side: number; stride: number },
  ): SymbolicTensor {
    const convolution = layers.conv2d({
      name: this.name(name),
      filters,
      kernelSize: side,
      strides: stride,
      padding: stride === 1 ? 'same' : 'valid',
      useBias: false,
      kernelInitializer: initializers.heNormal({ seed: this.seedOf(name) }),
    });
    return convolution.apply(maps) as SymbolicTensor;
  }

  normalize(maps: SymbolicTensor, name: string, rectified: string): SymbolicTensor {
    const normal = new NormalizeAndRectify({ name: this.name(name), epsilon: normalizationEpsilon });
    return new Rectified({ name: this.name(rectified) }).apply(normal.apply(maps)) as SymbolicTensor;
  }
}

function countChannels(maps: SymbolicTensor): number {
  return maps.shape.at(-1) ?? 0;
}
