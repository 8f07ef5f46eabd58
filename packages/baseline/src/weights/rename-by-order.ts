import { normalizationEpsilon } from '../densenet/build-densenet.js';
import { type GraphLayer, type LayerKind, listNamedLayers } from './graph-layers.js';
import type { NamedTensor } from './safetensors.js';

/** Keras' own, for a file that does not say. */
const usualEpsilon = 1.001e-5;

/**
 * Calls the tensors of a file as a network's weights are called, by the order of layers alone: an image passes the
 * convolutions and normalisations of a DenseNet one after the other, so that there is one order only.
 *
 * @param wanted - the network's weights
 * @returns null where the file's layers are others, or in another order; its classifier may be left out
 */
export function renameByOrder(
  tensors: readonly NamedTensor[],
  layers: readonly GraphLayer[],
  wanted: readonly Pick<NamedTensor, 'name' | 'shape'>[],
): NamedTensor[] | null {
  const wantedLayers = listNamedLayers(wanted);
  const isFit = wantedLayers.every(({ kind }, place) => kind === layers[place]?.kind || kind === 'classifier');
  if (!isFit || layers.length > wantedLayers.length) return null;
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return layers.flatMap(({ weights, epsilon }, place) =>
    Object.entries(wantedLayers[place]?.weights ?? {}).flatMap(([kind, ours]) => {
      const tensor = byName.get(weights[kind] ?? '');
      if (!tensor) return [];
      const more = kind === 'moving_variance' ? (epsilon ?? usualEpsilon) - normalizationEpsilon : 0;
      return [
        { ...tensor, name: ours, values: more === 0 ? tensor.values : tensor.values.map((value) => value + more) },
      ];
    }),
  );
}

/** As `2 convolutions, 3 normalisations, 1 classifier`. */
export function countLayers(layers: readonly { readonly kind: LayerKind }[]): string {
  return (['convolution', 'normalisation', 'classifier'] as const)
    .map((kind) => ({ kind, count: layers.filter((layer) => layer.kind === kind).length }))
    .map(({ kind, count }) => `${count} ${kind}${count === 1 ? '' : 's'}`)
    .join(', ');
}
