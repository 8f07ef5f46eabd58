import type { ResolvedModelManifest } from '@holdout/contracts';

/**
 * What a model's operations run on: NVIDIA's CUDA, any GPU that has a Vulkan driver, the processor by native code, or the
 * processor by WebAssembly.
 */
export const deviceKinds = ['cuda', 'webgpu', 'cpu', 'wasm'] as const;
export type DeviceKind = (typeof deviceKinds)[number];

/** As scores name it: whether WebAssembly computed several numbers at once changes their last digits. */
export const devices = [...deviceKinds, 'wasm-simd'] as const;
export type Device = (typeof devices)[number];

/** One way of an engine to run models: the same weights and the same operations, on another device. */
export interface EngineDevice {
  readonly kind: DeviceKind;
  /**
   * Loads a bundle's model.
   *
   * @throws Error with the engine's own words where the device is not there, or where it can't load the model
   */
  load(options: LoadOptions): Promise<LoadedModel>;
}

export interface LoadOptions {
  readonly bundleDirectory: string;
  readonly manifest: ResolvedModelManifest;
  readonly threads: number;
}

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
   * @param extraOutputs - further outputs by their names: of an ONNX model its outputs, of a graph model any of its nodes,
   *   of a layers model its layers, and of either its weights
   * @returns the chosen output, with its shape; the first dimension must be `count`
   */
  predict(values: Float32Array, count: number, extraOutputs?: readonly string[]): Promise<Prediction>;
  /** Gives back what the model holds on its device. */
  release(): Promise<void>;
}

export interface Output {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
}

export interface Prediction extends Output {
  /** The further outputs, in the order in which they were asked for. */
  readonly extras: readonly Output[];
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
