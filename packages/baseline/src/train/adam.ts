import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../weights/safetensors.js';
import type { NamedVariable } from './named-variables.js';

/** The paper's; ε as in torch and TF. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * Adam, whose whole state can be kept and taken up again: TF.js' own works β₁ᵗ and β₂ᵗ out anew, and rounds them
 * differently then. In plain numbers: of a small network, a dozen operations of TF.js for each of its weights would take as
 * long as the gradients themselves.
 *
 * Source: D. Kingma and J. Ba, “Adam: a Method for Stochastic Optimization”, ICLR 2015, algorithm 1.
 */
export class Adam {
  readonly #variables: readonly NamedVariable[];
  readonly #moments: ReadonlyMap<string, Moments>;
  #steps = 0;

  constructor(variables: readonly NamedVariable[]) {
    this.#variables = variables;
    const zeros = (size: number) => ({ first: new Float32Array(size), second: new Float32Array(size) });
    this.#moments = new Map(variables.map(({ name, variable }) => [name, zeros(variable.size)]));
  }

  get steps(): number {
    return this.#steps;
  }

  /** Moves each variable by its gradient; the gradients are named as TF.js names the variables. */
  apply(gradients: tf.NamedTensorMap, learningRate: number): void {
    this.#steps += 1;
    const rate = learningRate / (1 - beta1 ** this.#steps);
    const correction = 1 / (1 - beta2 ** this.#steps);
    for (const { name, variable } of this.#variables) {
      const [gradient, moments] = [gradients[variable.name], this.#moments.get(name)];
      if (!gradient || !moments) throw new Error(`There is no gradient of ${name}.`);
      const values = Float32Array.from(variable.dataSync());
      move(values, gradient.dataSync() as Float32Array, moments, rate, correction);
      const moved = tf.tensor(values, variable.shape);
      variable.assign(moved);
      moved.dispose();
    }
  }

  /** Both moments of every variable, as `first/NAME` and `second/NAME`. */
  read(): NamedTensor[] {
    return this.#variables.flatMap(({ name, variable: { shape } }) =>
      Object.entries(this.#moments.get(name) ?? {}).map(([kind, values]) => ({
        name: `${kind}/${name}`,
        shape,
        values,
      })),
    );
  }

  /** Takes up what {@link read} gave. */
  restore(kept: ReadonlyMap<string, NamedTensor>, steps: number): void {
    this.#steps = steps;
    for (const [name, moments] of this.#moments) {
      for (const [kind, values] of Object.entries(moments)) {
        const found = kept.get(`${kind}/${name}`)?.values;
        if (found?.length !== values.length) throw new Error(`There is no moment ${kind}/${name}.`);
        values.set(found);
      }
    }
  }
}

function move(
  values: Float32Array,
  gradient: Float32Array,
  { first, second }: Moments,
  rate: number,
  correction: number,
): void {
  for (let place = 0; place < values.length; place += 1) {
    const slope = gradient[place] ?? 0;
    const mean = beta1 * (first[place] ?? 0) + (1 - beta1) * slope;
    const square = beta2 * (second[place] ?? 0) + (1 - beta2) * slope * slope;
    first[place] = mean;
    second[place] = square;
    values[place] = (values[place] ?? 0) - (rate * mean) / (Math.sqrt(square * correction) + epsilon);
  }
}
