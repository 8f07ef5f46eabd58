import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { nameVariables } from '../train/named-variables.js';

/** Gives a network what training would: no normalisation is left as it begins. */
export function shakeWeights(network: LayersModel): LayersModel {
  for (const [place, { name, variable }] of nameVariables(network.weights).entries()) {
    const kind = name.split('/').at(-1) ?? '';
    if (kind === 'kernel') continue;
    const around = kind === 'gamma' || kind === 'moving_variance' ? 1 : 0;
    const values = Float32Array.from({ length: variable.size }, (_, at) => around + 0.4 * Math.sin(3 * at + place));
    variable.assign(tf.tensor(values, variable.shape));
  }
  return network;
}
