import type { LayersModel } from '@tensorflow/tfjs-layers';
import { matchWeights } from '../weights/match-weights.js';
import { readWeightsFile } from '../weights/read-weights-file.js';
import { readWeights, writeWeights } from './named-variables.js';

/**
 * Gives a network the weights of a file instead of those that were drawn; the classifier stays where the file's tells other
 * classes apart.
 *
 * @returns normalisations that only pass on what they are given, until `normalizeAgain` has seen images
 * @throws BaselineError where the file can't be used
 */
export async function loadFirstWeights(network: LayersModel, path: string): Promise<readonly string[]> {
  const drawn = readWeights(network);
  const { tensors, layers } = await readWeightsFile(path);
  const { weights, folded } = matchWeights(path, tensors, drawn, layers);
  writeWeights(network, new Map([...drawn.map((weight) => [weight.name, weight] as const), ...weights]));
  return folded;
}
