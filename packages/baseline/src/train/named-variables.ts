import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { BaselineError } from '../baseline-error.js';
import type { NamedTensor } from '../weights/safetensors.js';

/** A weight by the name that it has in files: TF.js numbers its own names where two networks are in one process. */
export interface NamedVariable {
  readonly name: string;
  readonly variable: tf.Variable;
}

export function nameVariables(weights: readonly LayerVariable[]): NamedVariable[] {
  // The variable itself is needed for gradients, and TF.js' types keep it to subclasses.
  return weights.map((weight) => ({
    name: weight.originalName,
    variable: (weight as unknown as { val: tf.Variable }).val,
  }));
}

/** All weights of a network, moving statistics too. */
export function readWeights(network: LayersModel): NamedTensor[] {
  return nameVariables(network.weights).map(({ name, variable }) => ({
    name,
    shape: variable.shape,
    values: variable.dataSync() as Float32Array,
  }));
}

/**
 * Gives a network all of its weights.
 *
 * @param nameOf - how the weight is called where it comes from
 * @throws BaselineError where one is missing or of another shape
 */
export function writeWeights(
  network: LayersModel,
  weights: ReadonlyMap<string, NamedTensor>,
  nameOf: (name: string) => string = (name) => name,
): void {
  for (const { name, variable } of nameVariables(network.weights)) {
    const kept = weights.get(nameOf(name));
    if (!kept || kept.shape.join() !== variable.shape.join()) {
      const found = kept ? `of the shape [${kept.shape}]` : 'missing';
      throw new BaselineError(
        `The weight ${nameOf(name)} is ${found}; expected [${variable.shape}].`,
        'The folder holds another network, or is damaged: train into another folder.',
      );
    }
    const value = tf.tensor(kept.values, [...kept.shape]);
    variable.assign(value);
    value.dispose();
  }
}
