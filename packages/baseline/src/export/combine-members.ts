import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { buildDenseNet } from '../densenet/build-densenet.js';
import type { DenseNetShape } from '../densenet/networks.js';
import { writeWeights } from '../train/named-variables.js';
import type { NamedTensor } from '../weights/safetensors.js';

/**
 * One network from several that were trained: its probability is the mean of theirs. A single one stays what it is, with
 * the layer `features` and the weights `classifier/kernel`.
 *
 * @param members - the weights of each, at least one
 */
export function combineMembers(
  shape: DenseNetShape,
  members: readonly ReadonlyMap<string, NamedTensor>[],
): LayersModel {
  const [only] = members;
  if (members.length === 1 && only) return fill(buildDenseNet(shape), only);
  const image = input({ shape: [shape.inputSize, shape.inputSize, shape.channels], name: 'image' });
  const networks = members.map((weights, place) => {
    const prefix = `member${place + 1}.`;
    return fill(buildDenseNet(shape, { prefix, image }), weights, prefix);
  });
  const probabilities = networks.map(({ outputs }) => outputs[0] as SymbolicTensor);
  const mean = layers.average({ name: 'probability' }).apply(probabilities) as SymbolicTensor;
  return model({ name: 'densenet', inputs: image, outputs: mean });
}

function fill(network: LayersModel, weights: ReadonlyMap<string, NamedTensor>, prefix = ''): LayersModel {
  writeWeights(network, weights, (name) => name.slice(prefix.length));
  return network;
}
