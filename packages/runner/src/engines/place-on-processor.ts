import type { EngineDevice, LoadedModel, LoadOptions } from './engine.js';
import type { GpuPlacement } from './place-on-gpu.js';
import { describeFailure, mayHelp, tryInOrder } from './try-in-order.js';

interface ProcessorPlacement {
  readonly model: LoadedModel;
  readonly notices: readonly string[];
}

/**
 * Loads a model on the first of the processor's devices that can run it: one may lack an operation, which shows only by an
 * image. Where there is no other to choose it is not asked for one, which takes a large model a second: what is wrong is
 * said by the first batch.
 *
 * @param onGpu - what came of the GPUs; its reference is used, or released
 * @throws Error with the engine's own words
 */
export async function placeOnProcessor(
  devices: readonly EngineDevice[],
  { reference, failure }: GpuPlacement,
  options: LoadOptions,
): Promise<ProcessorPlacement> {
  if (reference && devices.includes(reference.device)) return { model: reference.model, notices: [] };
  await reference?.model.release();
  const last = devices.at(-1);
  if (!last) throw failure;
  const { tried, failures } = await tryInOrder(devices.slice(0, -1), options);
  const notices = failures.map(describeFailure);
  if (tried) return { model: tried.model, notices };
  if (mayHelp(last, failures)) return { model: await last.load(options), notices };
  // The model's own fault, most likely.
  return { model: await (failures.at(-1)?.device ?? last).load(options), notices: notices.slice(0, -1) };
}
