import { compareTrials, type Trial, tryModel } from './compare-trials.js';
import { type DeviceKind, type EngineDevice, type LoadedModel, type LoadOptions, processorKinds } from './engine.js';

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
  // That a package for the processor is not installed is no news for a team.
  const notices = missing.filter(({ device }) => !isProcessor(device)).map(describeMissing);
  const processor = all.find((device) => isProcessor(device) && device.findObstacle(options.gpu) === null);
  let reference: Trial | null = null;
  for (const [place, device] of usable.entries()) {
    try {
      if (isProcessor(device)) {
        // It may have been loaded already, to compare a GPU with.
        const model = device === processor && reference ? reference.model : await device.load(options);
        return { model, notices };
      }
      reference ??= await tryModel(processor ?? device, options);
      const trial = await tryModel(device, options);
      await compareTrials(trial, reference);
      await reference.model.release();
      if (trial.model.isMixed) notices.push(`${device.kind} lacks some of its operations; those run on the processor.`);
      return { model: trial.model, notices };
    } catch (error) {
      if (place === usable.length - 1) throw error;
      notices.push(`Not on ${device.kind}: ${firstLine(error)}`);
    }
  }
  throw new Error(missing.map(describeMissing).join(' '));
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

/** An engine's further lines name its source files. */
function firstLine(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return (words.trim().split('\n')[0] ?? '').slice(0, 500);
}
