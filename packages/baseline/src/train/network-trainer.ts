import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model } from '@tensorflow/tfjs-layers';
import { NormalizeAndRectify } from '../densenet/normalize-and-rectify.js';
import { Adam } from './adam.js';
import { nameVariables } from './named-variables.js';

/** Images with what is known of them; `values` are images × height × width × channels. */
export interface LabelledBatch {
  readonly values: Float32Array;
  readonly labels: readonly number[];
  /** What an error on each image weighs. */
  readonly weights: readonly number[];
}

/** A network that learns. */
export class NetworkTrainer {
  readonly network: LayersModel;
  readonly adam: Adam;
  readonly #logits: LayersModel;
  readonly #variables: tf.Variable[];
  readonly #imagesAtOnce: number;

  /** @param memoryBytes - what the maps of the images that are learned from at once may take, with their gradients */
  constructor(network: LayersModel, memoryBytes = mostMapBytes) {
    this.network = network;
    this.#imagesAtOnce = Math.max(1, Math.floor(memoryBytes / (2 * countMapBytes(network))));
    // The loss of a logit is exact where that of a probability of 0 or 1 would be infinite.
    this.#logits = model({ inputs: network.inputs, outputs: network.getLayer('classifier').output });
    const variables = nameVariables(network.trainableWeights);
    this.#variables = variables.map(({ variable }) => variable);
    this.adam = new Adam(variables);
  }

  /**
   * Learns from a batch. Where its maps would not fit into memory it goes through the network in parts, and each part is
   * normalised by itself; the step is by the mean over all, and so are the statistics that it predicts by later.
   *
   * @returns its mean loss before the step
   */
  learn(batch: LabelledBatch, learningRate: number): number {
    let loss = 0;
    let gradients: tf.NamedTensorMap = {};
    for (const part of splitBatch(batch, this.#imagesAtOnce)) {
      const share = part.labels.length / batch.labels.length;
      const images = this.#placeImages(part);
      const { value, grads } = tf.variableGrads(() => {
        const logits = this.#logits.apply(images, { training: true }) as tf.Tensor2D;
        return tf.mul(tf.mean(weightedLoss(logits, part)), share) as tf.Scalar;
      }, this.#variables);
      loss += value.dataSync()[0] ?? Number.NaN;
      tf.dispose([images, value]);
      gradients = addUp(gradients, grads);
    }
    this.adam.apply(gradients, learningRate);
    tf.dispose(gradients);
    for (const layer of this.network.layers) if (layer instanceof NormalizeAndRectify) layer.moveStatistics();
    return loss;
  }

  /** What the network says of a batch now, and the sum of its losses. */
  judge(batch: LabelledBatch): { probabilities: Float32Array; lossSum: number } {
    return tf.tidy(() => {
      const logits = this.#logits.predict(this.#placeImages(batch)) as tf.Tensor2D;
      return {
        probabilities: tf.sigmoid(logits).dataSync() as Float32Array,
        lossSum: tf.sum(weightedLoss(logits, batch)).dataSync()[0] ?? Number.NaN,
      };
    });
  }

  #placeImages({ values, labels }: LabelledBatch): tf.Tensor {
    const [, ...sides] = this.network.inputs[0]?.shape ?? [];
    return tf.tensor(values, [labels.length, ...sides.map((side) => side ?? 0)]);
  }
}

/** WebAssembly has 4 GB; weights, moments and what the operations need themselves take the rest. */
const mostMapBytes = 2.4e9;

/** What one image's maps take in all layers. */
function countMapBytes({ layers }: LayersModel): number {
  const sizes = layers.map(({ outputShape }) =>
    (outputShape as (number | null)[]).reduce<number>((a, b) => a * (b ?? 1), 1),
  );
  return 4 * sizes.reduce((sum, size) => sum + size, 0);
}

function splitBatch({ values, labels, weights }: LabelledBatch, most: number): LabelledBatch[] {
  const imageValues = values.length / labels.length;
  const parts: LabelledBatch[] = [];
  for (let start = 0; start < labels.length; start += most) {
    const end = Math.min(start + most, labels.length);
    parts.push({
      values: values.subarray(start * imageValues, end * imageValues),
      labels: labels.slice(start, end),
      weights: weights.slice(start, end),
    });
  }
  return parts;
}

/** The sums of two sets of gradients, which are disposed; the first may be empty. */
function addUp(before: tf.NamedTensorMap, more: tf.NamedTensorMap): tf.NamedTensorMap {
  if (Object.keys(before).length === 0) return more;
  const sums: tf.NamedTensorMap = {};
  for (const [name, gradient] of Object.entries(more)) sums[name] = tf.add(gradient, before[name] as tf.Tensor);
  tf.dispose([before, more]);
  return sums;
}

/**
 * MURA's loss of each image: −w₁·y·log p − w₀·(1−y)·log(1−p), the weight already chosen by the label. Of the logit z it is
 * w·(max(z, 0) − z·y + log(1 + e^−|z|)).
 */
function weightedLoss(logits: tf.Tensor2D, { labels, weights }: LabelledBatch): tf.Tensor2D {
  const column: [number, number] = [labels.length, 1];
  const rest = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
  const loss = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, tf.tensor2d([...labels], column))), rest);
  return tf.mul(loss, tf.tensor2d([...weights], column));
}
