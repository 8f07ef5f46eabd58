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
  /** Of the images that were learned from since the statistics moved, or that it watched. */
  #seen: Statistics | null = null;
  #isWatching = false;

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
      if (this.#isWatching) this.#see(maps);
      return tf.batchNorm4d(maps, read(this.#movingMean), read(this.#movingVariance), beta, gamma, this.#epsilon);
    }
    return normalizeBatch(maps, gamma, beta, this.#epsilon, (mean, variance) =>
      this.#add({ mean, variance, count: maps.size / mean.size }),
    );
  }

  /** Once a step, by all images that it learned from, in however many parts they came. */
  moveStatistics(): void {
    if (!this.#seen) return;
    const { mean, variance } = this.#seen;
    this.#seen = null;
    tf.tidy(() => {
      this.#move(this.#movingMean, mean);
      this.#move(this.#movingVariance, variance);
    });
    tf.dispose([mean, variance]);
  }

  /** From now on it keeps the statistics of what it is given while it predicts. */
  watch(): void {
    this.#isWatching = true;
  }

  /** Has it predict by the statistics that it watched, and changes γ and β so that it says what it said before. */
  adoptStatistics(): void {
    const seen = this.#seen;
    if (!seen) return;
    this.#seen = null;
    this.#isWatching = false;
    tf.tidy(() => {
      const [gamma, beta] = [read(this.#gamma), read(this.#beta)];
      const slope = tf.mul(gamma, tf.rsqrt(tf.add(read(this.#movingVariance), this.#epsilon)));
      this.#beta?.write(tf.add(beta, tf.mul(slope, tf.sub(seen.mean, read(this.#movingMean)))));
      this.#gamma?.write(tf.mul(slope, tf.sqrt(tf.add(seen.variance, this.#epsilon))));
      this.#movingMean?.write(seen.mean);
      this.#movingVariance?.write(seen.variance);
    });
    tf.dispose([seen.mean, seen.variance]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), axis: -1, momentum: this.#momentum, epsilon: this.#epsilon };
  }

  #see(maps: tf.Tensor4D): void {
    tf.tidy(() => {
      const { mean, variance } = tf.moments(maps, [0, 1, 2]);
      this.#add({ mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D, count: maps.size / mean.size });
    });
  }

  #add(more: Statistics): void {
    const before = this.#seen;
    this.#seen = addUp(before, more);
    tf.dispose([before?.mean, before?.variance]);
  }

  #move(variable: LayerVariable | undefined, value: tf.Tensor): void {
    const before = read(variable);
    variable?.write(tf.add(before, tf.mul(tf.sub(value, before), 1 - this.#momentum)));
  }
}

/** Of each channel of some maps, with the biased variance; kept until they are disposed of. */
interface Statistics {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  /** Of values in a channel. */
  readonly count: number;
}

/**
 * Of both together, the variance without the loss of digits that sums of squares have.
 * Source: T. Chan, G. Golub and R. LeVeque, “Updating Formulae and a Pairwise Algorithm for Computing Sample Variances”, 1979.
 */
function addUp(before: Statistics | null, more: Statistics): Statistics {
  const count = (before?.count ?? 0) + more.count;
  const share = more.count / count;
  const [mean, variance] = tf.tidy(() => {
    if (!before) return [more.mean.clone(), more.variance.clone()];
    const apart = tf.sub(more.mean, before.mean);
    const within = tf.add(tf.mul(before.variance, 1 - share), tf.mul(more.variance, share));
    const between = tf.mul(tf.square(apart), share * (1 - share));
    return [tf.add(before.mean, tf.mul(apart, share)), tf.add(within, between)];
  }) as [tf.Tensor1D, tf.Tensor1D];
  return { mean: tf.keep(mean), variance: tf.keep(variance), count };
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
