import type { ResolvedModelManifest } from '@holdout/contracts';
import type { Adapter } from './webgpu/find-adapter.js';

/**
 * What a model's operations run on: NVIDIA's CUDA, any GPU that has a Vulkan driver, or the processor, by native code, by
 * WebAssembly, or by plain JavaScript.
 */
export const deviceKinds = ['cuda', 'webgpu', 'cpu', 'wasm', 'javascript'] as const;
export type DeviceKind = (typeof deviceKinds)[number];

/** Those that need no GPU. */
export const processorKinds: readonly DeviceKind[] = ['cpu', 'wasm', 'javascript'];

/** As scores name it: whether WebAssembly computed several numbers at once changes their last digits. */
export const devices = [...deviceKinds, 'wasm-simd'] as const;
export type Device = (typeof devices)[number];

export function findKind(device: Device): DeviceKind {
  return device === 'wasm-simd' ? 'wasm' : device;
}

/** One way of an engine to run models: the same weights and the same operations, on another device. */
export interface EngineDevice {
  readonly kind: DeviceKind;
  /** Why it can't be had here, as far as that shows before a model is loaded; null where nothing speaks against it. */
  findObstacle(gpu: VisibleGpu | null): string | null;
  /**
   * Loads a bundle's model.
   *
   * @throws Error with the engine's own words where the device is not there, or where it can't run the model
   */
  load(options: LoadOptions): Promise<LoadedModel>;
  /** Whether it is worth a try where the device before it failed so; always where it is left out. */
  mayHelp?(failure: unknown): boolean;
}

/** The GPU that this process was given. */
export interface VisibleGpu {
  /** null where it has no Vulkan driver. */
  readonly adapter: Adapter | null;
  /** Whether one that is only software was asked for by name. */
  readonly softwareWanted: boolean;
}

export const withoutGpu = 'no GPU was given to it';

export interface LoadOptions {
  readonly bundleDirectory: string;
  readonly manifest: ResolvedModelManifest;
  readonly threads: number;
  readonly gpu: VisibleGpu | null;
}

/** A model that is ready to predict. */
export interface LoadedModel {
  readonly engineVersion: string;
  readonly device: Device;
  readonly threads: number;
  /** Whether a GPU lacks some of its operations, which the processor carries out between the others. */
  readonly isMixed: boolean;
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
