import type { Random } from './random.js';

/**
 * Uniform weights with the variance 2 / fanIn, which keeps activations at one size through any depth, so that no
 * speed is lost or won by numbers that vanish. Source: K. He et al., “Delving Deep into Rectifiers”, ICCV 2015.
 */
export function drawWeights(random: Random, count: number, fanIn: number): Float32Array {
  const bound = Math.sqrt(6 / fanIn);
  const weights = new Float32Array(count);
  for (let place = 0; place < count; place++) weights[place] = bound * (2 * random() - 1);
  return weights;
}
