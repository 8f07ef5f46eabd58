import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../weights/safetensors.js';
import type { NamedVariable } from './named-variables.js';

/** The paper's; ε as in torch and TF. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/**
 * Adam, whose whole state can be kept and taken up again: TF.js' own works β₁ᵗ and β₂ᵗ out anew, and rounds them
 * differently then.
 *
 * Source: D. Kingma and J. Ba, “Adam: a Method for Stochastic Optimization”, ICLR 2015, algorithm 1.
 */
export class Adam {
  readonly #variables: readonly NamedVariable[];
  readonly #first: Map<string, tf.Tensor>;
  readonly #second: Map<string, tf.Tensor>;
  #steps = 0;

  constructor(variables: readonly NamedVariable[]) {
    this.#variables = variables;
    const zeros = () => new Map(variables.map(({ name, variable }) => [name, tf.zerosLike(variable) as tf.Tensor]));
    this.#first = zeros();
    this.#second = zeros();
  }

  get steps(): number {
    return this.#steps;
  }

  /** Moves each variable by its gradient; the gradients are named as TF.js names the variables. */
  apply(gradients: tf.NamedTensorMap, learningRate: number): void {
    this.#steps += 1;
    const [correction1, correction2] = [1 - beta1 ** this.#steps, 1 - beta2 ** this.#steps];
    for (const { name, variable } of this.#variables) {
      const gradient = gradients[variable.name];
      const [before1, before2] = [this.#first.get(name), this.#second.get(name)];
      if (!gradient || !before1 || !before2) throw new Error(`There is no gradient of ${name}.`);
      const [first, second, value] = tf.tidy(() => {
        const first = tf.add(tf.mul(before1, beta1), tf.mul(gradient, 1 - beta1));
        const second = tf.add(tf.mul(before2, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const size = tf.add(tf.sqrt(tf.div(second, correction2)), epsilon);
        return [first, second, tf.sub(variable, tf.mul(tf.div(first, size), learningRate / correction1))];
      }) as [tf.Tensor, tf.Tensor, tf.Tensor];
      variable.assign(value);
      this.#first.set(name, first);
      this.#second.set(name, second);
      tf.dispose([before1, before2, value]);
    }
  }

  /** Both moments of every variable, as `first/NAME` and `second/NAME`. */
  read(): NamedTensor[] {
    return this.#variables.flatMap(({ name, variable: { shape } }) => [
      { name: `first/${name}`, shape, values: this.#first.get(name)?.dataSync() as Float32Array },
      { name: `second/${name}`, shape, values: this.#second.get(name)?.dataSync() as Float32Array },
    ]);
  }

  /** Takes up what {@link read} gave. */
  restore(moments: ReadonlyMap<string, NamedTensor>, steps: number): void {
    this.#steps = steps;
    for (const [kind, values] of [
      ['first', this.#first],
      ['second', this.#second],
    ] as const) {
      for (const { name } of this.#variables) {
        const kept = moments.get(`${kind}/${name}`);
        if (!kept) throw new Error(`There is no moment ${kind}/${name}.`);
        values.get(name)?.dispose();
        values.set(name, tf.tensor(kept.values, [...kept.shape]));
      }
    }
  }
}
