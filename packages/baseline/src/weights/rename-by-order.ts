import { normalizationEpsilon } from '../densenet/build-densenet.js';
import { type GraphLayer, type LayerKind, listNamedLayers } from './graph-layers.js';
import type { NamedTensor } from './safetensors.js';

/** Tensors by the names of a network's weights. */
interface RenamedTensors {
  readonly tensors: readonly NamedTensor[];
  /** Normalisations that the file has only as part of the convolutions before them. */
  readonly folded: readonly string[];
}

/** Keras' own, for a file that does not say. */
const usualEpsilon = 1.001e-5;

/**
 * Calls the tensors of a file as a network's weights are called, by the order of layers alone: an image passes the
 * convolutions and normalisations of a DenseNet one after the other, so that there is one order only. A convolution with a
 * bias has the normalisation after it in its own weights: that one is left to pass on what it is given, and add the bias.
 *
 * @param wanted - the network's weights
 * @returns null where the file's layers are others, or in another order; its classifier may be left out
 */
export function renameByOrder(
  found: readonly NamedTensor[],
  layers: readonly GraphLayer[],
  wanted: readonly Pick<NamedTensor, 'name' | 'shape'>[],
): RenamedTensors | null {
  const byName = new Map(found.map((tensor) => [tensor.name, tensor]));
  const left = [...layers];
  const tensors: NamedTensor[] = [];
  const folded: string[] = [];
  let bias: NamedTensor | undefined;
  for (const { name, kind, weights } of listNamedLayers(wanted)) {
    const theirs = left[0];
    if (bias && kind === 'normalisation') {
      tensors.push(...passOn(name, bias));
      folded.push(name);
      bias = undefined;
    } else if (theirs?.kind === kind && !bias) {
      left.shift();
      for (const [weight, ours] of Object.entries(weights)) {
        const tensor = byName.get(theirs.weights[weight] ?? '');
        if (tensor) tensors.push({ ...tensor, name: ours, values: adjust(tensor.values, weight, theirs.epsilon) });
      }
      if (kind === 'convolution') bias = byName.get(theirs.weights.bias ?? '');
    } else if (kind !== 'classifier') return null;
  }
  return left.length === 0 && !bias ? { tensors, folded } : null;
}

/** A normalisation that changes nothing, but adds a bias. */
function passOn(layer: string, { values, shape }: NamedTensor): NamedTensor[] {
  const fill = (value: number) => new Float32Array(values.length).fill(value);
  const weights = {
    gamma: fill(1),
    beta: values,
    moving_mean: fill(0),
    moving_variance: fill(1 - normalizationEpsilon),
  };
  return Object.entries(weights).map(([weight, each]) => ({ name: `${layer}/${weight}`, shape, values: each }));
}

/** Theirs may add another ε to the variance: the difference goes into the variance itself. */
function adjust(values: Float32Array, weight: string, epsilon: number | null): Float32Array {
  const more = weight === 'moving_variance' ? (epsilon ?? usualEpsilon) - normalizationEpsilon : 0;
  return more === 0 ? values : values.map((value) => value + more);
}

/** As `2 convolutions, 3 normalisations, 1 classifier`. */
export function countLayers(layers: readonly { readonly kind: LayerKind }[]): string {
  return (['convolution', 'normalisation', 'classifier'] as const)
    .map((kind) => ({ kind, count: layers.filter((layer) => layer.kind === kind).length }))
    .map(({ kind, count }) => `${count} ${kind}${count === 1 ? '' : 's'}`)
    .join(', ');
}
