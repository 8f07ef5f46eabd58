import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { normalizeBatch } from '../gradients/normalize-batch.js';

type LayerArgs = ConstructorParameters<typeof layers.Layer>[0];

/**
 * Batch normalisation which, while it is trained, also sets to 0 what is below 0: the two as one operation keep one
 * tensor less for the gradient, without which DenseNet-169 does not fit into the 4 GB of WebAssembly. The layer after it
 * must be {@link Rectified}. A file calls them BatchNormalization and ReLU, which is what they are when they predict.
 */
export class NormalizeAndRectify extends layers.Layer {
  static readonly className = 'BatchNormalization';
  readonly #epsilon: number;
  /** How much of the moving statistics stays in a step; torchvision calls the rest its momentum, 0.1. */
  readonly #momentum = 0.9;
  #gamma: LayerVariable | undefined;
  #beta: LayerVariable | undefined;
  #movingMean: LayerVariable | undefined;
  #movingVariance: LayerVariable | undefined;

  constructor({ epsilon, ...args }: LayerArgs & { epsilon: number }) {
    super(args);
    this.#epsilon = epsilon;
  }

  override build(inputShape: number[]): void {
    const shape = [inputShape.at(-1) ?? 0];
    this.#gamma = this.addWeight('gamma', shape, 'float32', initializers.ones());
    this.#beta = this.addWeight('beta', shape, 'float32', initializers.zeros());
    const [zeros, ones] = [initializers.zeros(), initializers.ones()];
    this.#movingMean = this.addWeight('moving_mean', shape, 'float32', zeros, undefined, false);
    this.#movingVariance = this.addWeight('moving_variance', shape, 'float32', ones, undefined, false);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const maps = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const [gamma, beta] = [read(this.#gamma), read(this.#beta)];
    if (!kwargs.training) {
      return tf.batchNorm4d(maps, read(this.#movingMean), read(this.#movingVariance), beta, gamma, this.#epsilon);
    }
    return normalizeBatch(maps, gamma, beta, this.#epsilon, (mean, variance) => {
      this.#move(this.#movingMean, mean);
      this.#move(this.#movingVariance, variance);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), axis: -1, momentum: this.#momentum, epsilon: this.#epsilon };
  }

  #move(variable: LayerVariable | undefined, value: tf.Tensor): void {
    const before = read(variable);
    variable?.write(tf.add(before, tf.mul(tf.sub(value, before), 1 - this.#momentum)));
  }
}

/** Sets to 0 what is below 0; while it is trained, {@link NormalizeAndRectify} has done so. */
export class Rectified extends layers.Layer {
  static readonly className = 'ReLU';

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const maps = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    return kwargs.training ? maps.clone() : tf.relu(maps);
  }
}

function read(variable: LayerVariable | undefined): tf.Tensor1D {
  if (variable === undefined) throw new Error('The layer is used before it was built.');
  return variable.read() as tf.Tensor1D;
}
