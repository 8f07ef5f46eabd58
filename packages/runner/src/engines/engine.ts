import type { ResolvedModelManifest } from '@holdout/contracts';
import type { Device } from '../protocol.js';

/** A model that is ready to predict. */
export interface LoadedModel {
  readonly engineVersion: string;
  readonly device: Device;
  readonly threads: number;
  /** How many images it is given at once. */
  readonly batchSize: number;
  /**
   * Predicts one batch.
   *
   * @param values - `count` images in the manifest's layout, from the start of the array
   * @returns the chosen output, with its shape; the first dimension must be `count`
   */
  predict(values: Float32Array, count: number): Promise<Output>;
}

/**
 * Loads a bundle's model.
 *
 * @throws Error with the engine's own words where the model can't be loaded
 */
export type LoadModel = (options: {
  bundleDirectory: string;
  manifest: ResolvedModelManifest;
  threads: number;
}) => Promise<LoadedModel>;

interface Output {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
}

/**
 * Drops the rows of an output that belong to the places which only filled a fixed batch up. An output that has not as
 * many rows as images were given is left as it is: its shape will be refused.
 */
export function takeRows(numbers: Float64Array, shape: readonly number[], given: number, count: number): Output {
  if (shape[0] !== given) return { values: numbers, shape };
  return { values: numbers.subarray(0, (numbers.length / given) * count), shape: [count, ...shape.slice(1)] };
}

/** Without a fixed number: large enough to keep the engine busy, small enough for large inputs. */
export const defaultBatchSize = 8;
