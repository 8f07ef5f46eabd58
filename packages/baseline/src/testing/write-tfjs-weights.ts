import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { normalizationEpsilon } from '../densenet/build-densenet.js';
import { nameVariables } from '../train/named-variables.js';
import type { NamedTensor } from '../weights/safetensors.js';

/** What a converter makes of a network. */
interface Converted {
  readonly topology: object;
  readonly tensors: readonly NamedTensor[];
}

/** Writes a model.json with two files of weights, as the converter splits large models. */
export async function writeTfjsWeights(path: string, { tensors, topology }: Converted): Promise<string> {
  const named = tensors.map(({ name, shape, values }) => ({ name, tensor: tf.tensor(values, [...shape]) }));
  const { data, specs } = await tf.io.encodeWeights(named);
  tf.dispose(named.map(({ tensor }) => tensor));
  const half = Math.floor(data.byteLength / 2);
  const parts = [data.slice(0, half), data.slice(half)];
  const paths = parts.map((_, place) => `${path.split('/').at(-1)}.${place}.bin`);
  for (const [place, part] of parts.entries()) {
    await writeFile(join(dirname(path), paths[place] ?? ''), new Uint8Array(part));
  }
  await writeFile(path, JSON.stringify({ modelTopology: topology, weightsManifest: [{ paths, weights: specs }] }));
  return path;
}

/** A layers model whose layers are called anything. */
export function convertToLayers(network: LayersModel): Converted {
  const tensors = listLayers(network).flatMap(({ weights }, place) =>
    weights.map(({ kind, ...tensor }) => ({ ...tensor, name: `layer_${place}/${kind}` })),
  );
  return { topology: { model_config: {} }, tensors };
}

/**
 * A graph model whose nodes are called as TensorFlow calls them, the last of them first.
 *
 * @param isFolded - whether a normalisation is put into the convolution before it
 */
export function convertToGraph(network: LayersModel, isFolded: (layer: string) => boolean = () => false): Converted {
  const nodes: object[] = [{ name: 'image', op: 'Placeholder' }];
  const tensors: NamedTensor[] = [];
  let last = 'image';
  const add = (name: string, op: string, input: string[]) => {
    nodes.push({ name, op, input: [last, ...input], attr: { epsilon: { f: normalizationEpsilon } } });
    last = name;
  };
  const keep = (name: string, tensor: Omit<NamedTensor, 'name'>): string => {
    tensors.push({ ...tensor, name });
    nodes.push({ name, op: 'Const' }, { name: `${name}/copy`, op: 'Identity', input: [name] });
    return `${name}/copy`;
  };
  const layers = listLayers(network);
  for (const [place, { name: layer, weights }] of layers.entries()) {
    const scope = `StatefulPartitionedCall/densenet/layer${place}`;
    const next = layers[place + 1];
    if (isFolded(layer)) continue;
    if (weights.length === 4) {
      const reads = ['', '_1'].flatMap((end) => [`ReadVariableOp${end}`]);
      const names = [...reads, ...reads.map((read) => `FusedBatchNormV3/${read}`)];
      const inputs = weights.map((weight, at) => keep(`${scope}/${names[at]}`, weight));
      add(`${scope}/FusedBatchNormV3`, 'FusedBatchNormV3', inputs);
    } else if (weights[1]) {
      add(
        `${scope}/MatMul`,
        'MatMul',
        weights.slice(0, 1).map((weight) => keep(`${scope}/MatMul/ReadVariableOp`, weight)),
      );
      add(`${scope}/BiasAdd`, 'BiasAdd', [keep(`${scope}/BiasAdd/ReadVariableOp`, weights[1]), '^image']);
    } else if (weights[0] && next && isFolded(next.name)) {
      const { kernel, bias } = fold(weights[0], next.weights);
      // Some with the bias as an operation of its own.
      const isFused = place % 2 === 0;
      const [weight, more] = [keep(`${scope}/Conv2D_weights`, kernel), keep(`${scope}/Conv2D_bn_offset`, bias)];
      add(`${scope}/Relu`, isFused ? '_FusedConv2D' : 'Conv2D', isFused ? [weight, more] : [weight]);
      if (!isFused) add(`${scope}/add`, 'BiasAdd', [more]);
    } else if (weights[0]) add(`${scope}/Conv2D`, 'Conv2D', [keep(`${scope}/Conv2D/ReadVariableOp`, weights[0])]);
  }
  return { topology: { node: nodes.reverse(), versions: {} }, tensors };
}

interface LayerWeight {
  readonly kind: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Each layer of a network that has weights, in its order. */
function listLayers(network: LayersModel): { name: string; weights: LayerWeight[] }[] {
  return network.layers
    .filter(({ weights }) => weights.length > 0)
    .map((layer) => ({
      name: layer.name,
      weights: nameVariables(layer.weights).map(({ name, variable }) => ({
        kind: name.split('/').at(-1) ?? '',
        ...{ shape: variable.shape, values: variable.dataSync() as Float32Array },
      })),
    }));
}

/** The last of a kernel's sides are its filters, of which each has a channel of the normalisation. */
function fold({ shape, values }: LayerWeight, norm: readonly LayerWeight[]) {
  const at = (kind: string, channel: number) =>
    norm.find((weight) => weight.kind === kind)?.values[channel] ?? Number.NaN;
  const channels = shape.at(-1) ?? 0;
  const slopes = Array.from(
    { length: channels },
    (_, channel) => at('gamma', channel) / Math.sqrt(at('moving_variance', channel) + normalizationEpsilon),
  );
  const bias = slopes.map((slope, channel) => at('beta', channel) - slope * at('moving_mean', channel));
  return {
    kernel: { shape, values: values.map((value, place) => value * (slopes[place % channels] ?? Number.NaN)) },
    bias: { shape: [channels], values: Float32Array.from(bias) },
  };
}
