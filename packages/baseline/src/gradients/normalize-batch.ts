import * as tf from '@tensorflow/tfjs-core';

/** Told the mean and the (biased) variance of each channel in this batch. */
type Moments = (mean: tf.Tensor1D, variance: tf.Tensor1D) => void;

/**
 * y = max(0, γ·(x − μ)/√(σ² + ε) + β), with μ and σ² of the batch, and its gradient in closed form: TF.js' own takes each
 * step of the formula apart, in some thirty passes over the maps.
 *
 * With g the gradient of y where y > 0, x̂ the normalised x and n the values of a channel:
 * dβ = Σg, dγ = Σg·x̂, dx = γ/√(σ² + ε) · (g − dβ/n − x̂·dγ/n).
 * Source: S. Ioffe and C. Szegedy, “Batch Normalization”, ICML 2015, section 3.
 *
 * @param x - images × height × width × channels
 */
export function normalizeBatch(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  tell: Moments,
): tf.Tensor4D {
  const operation = tf.customGrad((...args) => {
    // Of customGrad's type only tensors are arguments.
    const [x, gamma, beta, save] = args as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const mu = tf.mean(x, [0, 1, 2]) as tf.Tensor1D;
    const variance = tf.mean(tf.square(tf.sub(x, mu)), [0, 1, 2]) as tf.Tensor1D;
    tell(mu, variance);
    const y = tf.relu(tf.batchNorm4d(x, mu, variance, beta, gamma, epsilon));
    save([x, y, gamma, mu, tf.rsqrt(tf.add(variance, epsilon))]);
    return { value: y, gradFunc: (dy, saved) => differentiate(dy as tf.Tensor4D, saved) };
  });
  return operation(x, gamma, beta) as tf.Tensor4D;
}

function differentiate(dy: tf.Tensor4D, saved: tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    const [x, y, gamma, mu, scale] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const count = x.size / mu.size;
    const g = tf.mul(dy, tf.step(y));
    const dBeta = tf.sum(g, [0, 1, 2]) as tf.Tensor1D;
    const dGamma = tf.mul(scale, tf.sub(tf.sum(tf.mul(g, x), [0, 1, 2]), tf.mul(mu, dBeta)));
    // dx as a·g + b·x + c, with numbers of each channel.
    const a = tf.mul(gamma, scale) as tf.Tensor1D;
    const b = tf.neg(tf.div(tf.mul(tf.mul(a, scale), dGamma), count)) as tf.Tensor1D;
    const c = tf.neg(tf.add(tf.div(tf.mul(a, dBeta), count), tf.mul(b, mu))) as tf.Tensor1D;
    return [tf.add(tf.mul(g, a), scaleAndShift(x, b, c)), dGamma, dBeta];
  });
}

/** b·x + c in one pass: a normalisation by a mean of 0 and a variance of 1. */
function scaleAndShift(x: tf.Tensor4D, b: tf.Tensor1D, c: tf.Tensor1D): tf.Tensor4D {
  return tf.batchNorm4d(x, tf.zeros(b.shape) as tf.Tensor1D, tf.ones(b.shape) as tf.Tensor1D, c, b, 0);
}
