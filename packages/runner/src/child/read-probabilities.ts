import { HoldoutError, type ResolvedModelManifest } from '@holdout/contracts';

type Output = ResolvedModelManifest['output'];

/** Rounding in a float32 sigmoid or softmax may leave 0..1 by this much. */
const tolerance = 1e-6;

/**
 * Takes the probability of *abnormal* of each image out of a model's output.
 *
 * @param batch - the place of the batch's first image in the list, how many images it has, and how many there are
 * @param shape - must be [count], [count, values] or the same with further dimensions of 1
 * @throws HoldoutError `output_shape`, `output_not_finite` or `output_out_of_range`, with the image's place in the
 *   list and never its name
 */
export function readProbabilities(
  output: Output,
  values: ArrayLike<number>,
  shape: readonly number[],
  batch: { first: number; count: number; total: number },
): number[] {
  const width = countValues(output, values.length, shape, batch.count);
  return Array.from({ length: batch.count }, (_, row) => {
    const place = `Image ${batch.first + row + 1} of ${batch.total}`;
    const vector = Array.from({ length: width }, (_, column) => values[row * width + column] ?? Number.NaN);
    if (!vector.every(Number.isFinite)) {
      throw new HoldoutError('output_not_finite', {
        detail: `${place}: found ${vector.find((v) => !Number.isFinite(v))}.`,
      });
    }
    const probability = activate(output, vector);
    if (probability < -tolerance || probability > 1 + tolerance) {
      const detail = `${place}: found ${probability} after the activation “${output.activation}”.`;
      throw new HoldoutError('output_out_of_range', { detail });
    }
    return Math.min(1, Math.max(0, probability));
  });
}

function countValues(output: Output, length: number, shape: readonly number[], count: number): number {
  const width = length / count;
  const found = `found [${shape.join(', ')}] for ${count} images`;
  if (shape[0] !== count || !Number.isInteger(width) || width < 1 || shape.slice(2).some((side) => side !== 1)) {
    throw new HoldoutError('output_shape', { detail: `Expected [${count}, values]; ${found}.` });
  }
  if (output.index >= width) {
    throw new HoldoutError('output_shape', { detail: `output.index is ${output.index}, but ${found}.` });
  }
  return width;
}

function activate({ activation, index }: Output, vector: readonly number[]): number {
  const value = vector[index] ?? Number.NaN;
  if (activation === 'none') return value;
  if (activation === 'sigmoid') return 1 / (1 + Math.exp(-value));
  // The largest is taken off first, so that no exponential overflows.
  const largest = Math.max(...vector);
  const sum = vector.reduce((total, other) => total + Math.exp(other - largest), 0);
  return Math.exp(value - largest) / sum;
}
