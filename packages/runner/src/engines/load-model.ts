import type { EngineDevice, LoadedModel, LoadOptions } from './engine.js';

/** A model, and what its team should know of the device that it runs on. */
export interface PlacedModel {
  readonly model: LoadedModel;
  readonly notices: readonly string[];
}

/**
 * Loads a bundle's model on the best device that can run it.
 *
 * @throws Error with the engine's own words where not even the processor can
 */
export async function loadModel(options: LoadOptions): Promise<PlacedModel> {
  const [device] = await listDevices(options.manifest.engine);
  if (!device) throw new Error('This engine has no device.');
  return { model: await device.load(options), notices: [] };
}

/** Each engine is imported only where it is needed: both together would take twice the memory and time. */
async function listDevices(engine: LoadOptions['manifest']['engine']): Promise<readonly EngineDevice[]> {
  if (engine === 'onnx') return (await import('./onnx/onnx-devices.js')).onnxDevices;
  return (await import('./tfjs/tfjs-devices.js')).tfjsDevices;
}
