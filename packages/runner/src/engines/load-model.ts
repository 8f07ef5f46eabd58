import { compareAnswers, type Trial, tryModel } from './compare-answers.js';
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
  const { usable, notices } = sortOut(all, devices, options);
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
      const { model, answer } = await tryModel(device, options);
      await compareAnswers(answer, reference.answer, model);
      await reference.model.release();
      return { model, notices };
    } catch (error) {
      if (place === usable.length - 1) throw error;
      notices.push(`Not on ${device.kind}: ${firstLine(error)}`);
    }
  }
  throw new Error(notices.join(' ') || 'This engine has none of these devices.');
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
  const notices: string[] = [];
  for (const device of all.filter(({ kind }) => allowed.includes(kind))) {
    const obstacle = device.findObstacle(gpu);
    if (obstacle === null) usable.push(device);
    // That a package for the processor is not installed is no news for a team.
    else if (!isProcessor(device)) notices.push(`Not on ${device.kind}: ${obstacle}.`);
  }
  return { usable, notices };
}

function isProcessor({ kind }: EngineDevice): boolean {
  return processorKinds.includes(kind);
}

/** An engine's further lines name its source files. */
function firstLine(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return (words.trim().split('\n')[0] ?? '').slice(0, 500);
}
