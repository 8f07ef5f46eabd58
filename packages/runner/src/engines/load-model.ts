import { type DeviceKind, type EngineDevice, type LoadedModel, type LoadOptions, processorKinds } from './engine.js';
import { placeOnGpu } from './place-on-gpu.js';
import { placeOnProcessor } from './place-on-processor.js';

/** A model, and what its team should know of the device that it runs on. */
export interface PlacedModel {
  readonly model: LoadedModel;
  readonly notices: readonly string[];
}

interface PlaceOptions extends LoadOptions {
  /** Those that may be used. */
  readonly devices: readonly DeviceKind[];
}

/**
 * Loads a bundle's model on the best device that can run it. A GPU is believed only where it gives an image the probability
 * that the processor gives it: drivers and their compilers have mistakes, and a wrong number looks like any other.
 *
 * @throws Error with the engine's own words where no device that may be used can run it
 */
export async function loadModel({ devices, ...options }: PlaceOptions): Promise<PlacedModel> {
  const all = await listDevices(options.manifest.engine);
  const { usable, missing } = sortOut(all, devices, options);
  if (usable.length === 0) throw new Error(missing.map(describeMissing).join(' '));
  // That a package for the processor is not installed is no news for a team.
  const told = missing.filter(({ device }) => !isProcessor(device)).map(describeMissing);
  const gpus = usable.filter((device) => !isProcessor(device));
  const processors = usable.filter(isProcessor);
  // Also one that it may not run on can be compared with.
  const comparable = all.filter((device) => isProcessor(device) && device.findObstacle(options.gpu) === null);
  const onGpu = await placeOnGpu(gpus, comparable, options);
  if (onGpu.model) return { model: onGpu.model, notices: [...told, ...onGpu.notices] };
  const onProcessor = await placeOnProcessor(processors, onGpu, options);
  return { model: onProcessor.model, notices: [...told, ...onGpu.notices, ...onProcessor.notices] };
}

/** Loads an engine itself, ahead of a model for it. */
export async function prepareEngine(engine: LoadOptions['manifest']['engine']): Promise<void> {
  await listDevices(engine);
  if (engine === 'onnx') await (await import('./onnx/warm-up.js')).warmUpOnnx();
}

/** Each engine is imported only where it is needed: both together would take twice the memory and time. */
async function listDevices(engine: LoadOptions['manifest']['engine']): Promise<readonly EngineDevice[]> {
  if (engine === 'onnx') return (await import('./onnx/onnx-devices.js')).onnxDevices;
  return (await import('./tfjs/tfjs-devices.js')).tfjsDevices;
}

function sortOut(all: readonly EngineDevice[], allowed: readonly DeviceKind[], { gpu }: LoadOptions) {
  const usable: EngineDevice[] = [];
  const missing: Missing[] = [];
  for (const device of all.filter(({ kind }) => allowed.includes(kind))) {
    const obstacle = device.findObstacle(gpu);
    if (obstacle === null) usable.push(device);
    else missing.push({ device, obstacle });
  }
  return { usable, missing };
}

interface Missing {
  readonly device: EngineDevice;
  readonly obstacle: string;
}

function describeMissing({ device, obstacle }: Missing): string {
  return `Not on ${device.kind}: ${obstacle}.`;
}

function isProcessor({ kind }: EngineDevice): boolean {
  return processorKinds.includes(kind);
}
