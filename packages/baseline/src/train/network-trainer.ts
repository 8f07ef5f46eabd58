import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model } from '@tensorflow/tfjs-layers';
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

  constructor(network: LayersModel) {
    this.network = network;
    // The loss of a logit is exact where that of a probability of 0 or 1 would be infinite.
    this.#logits = model({ inputs: network.inputs, outputs: network.getLayer('classifier').output });
    const variables = nameVariables(network.trainableWeights);
    this.#variables = variables.map(({ variable }) => variable);
    this.adam = new Adam(variables);
  }

  /** Learns from a batch. @returns its mean loss before the step */
  learn(batch: LabelledBatch, learningRate: number): number {
    const images = this.#placeImages(batch);
    const { value, grads } = tf.variableGrads(() => {
      const logits = this.#logits.apply(images, { training: true }) as tf.Tensor2D;
      return tf.mean(weightedLoss(logits, batch)) as tf.Scalar;
    }, this.#variables);
    this.adam.apply(grads, learningRate);
    const loss = value.dataSync()[0] ?? Number.NaN;
    tf.dispose([images, value, grads]);
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
