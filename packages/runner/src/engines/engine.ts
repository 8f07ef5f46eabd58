import type { ResolvedManifest } from '@holdout/contracts';

/** A model that is ready to predict. */
export interface LoadedModel {
  readonly engineVersion: string;
  /** Where it runs: `cpu`, `wasm-simd`, … */
  readonly device: string;
  readonly threads: number;
  /** How many images it is given at once. */
  readonly batchSize: number;
  /**
   * Predicts one batch.
   *
   * @param values - `count` images in the manifest's layout, from the start of the array
   * @returns the chosen output, with its shape; the first dimension must be `count`
   */
  predict(values: Float32Array, count: number): Promise<{ values: ArrayLike<number>; shape: readonly number[] }>;
}

/**
 * Loads a bundle's model.
 *
 * @throws Error with the engine's own words where the model can't be loaded
 */
export type LoadModel = (options: {
  bundleDirectory: string;
  manifest: ResolvedManifest;
  threads: number;
}) => Promise<LoadedModel>;

/** Without a fixed number: large enough to keep the engine busy, small enough for large inputs. */
export const defaultBatchSize = 8;
