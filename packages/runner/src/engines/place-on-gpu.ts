import { compareModels, type TriedModel, tryModel } from './compare-trials.js';
import type { EngineDevice, LoadedModel, LoadOptions } from './engine.js';
import { describeFailure, type TriedInOrder, tryInOrder } from './try-in-order.js';

/** What came of trying GPUs. */
export interface GpuPlacement {
  /** null where none can run it, or none is believed. */
  readonly model: LoadedModel | null;
  readonly notices: readonly string[];
  /** The processor's, which they were compared with; it is loaded still. null where none was needed. */
  readonly reference: TriedModel | null;
  /** Of the last that was tried. */
  readonly failure: unknown;
}

/** @param processors - that GPUs can be compared with, the fastest first */
export async function placeOnGpu(
  gpus: readonly EngineDevice[],
  processors: readonly EngineDevice[],
  options: LoadOptions,
): Promise<GpuPlacement> {
  const notices: string[] = [];
  let compared: TriedInOrder | null = null;
  let failure: unknown = null;
  for (const device of gpus) {
    try {
      const onGpu = await tryModel(device, options);
      compared ??= await tryInOrder(processors, options);
      if (compared.tried) await compareModels(onGpu, compared.tried, options.manifest);
      else notices.push(describeNotCompared(device, compared));
      await compared.tried?.model.release();
      if (onGpu.model.isMixed) notices.push(`${device.kind} lacks some of its operations; those run on the processor.`);
      return { model: onGpu.model, notices, reference: null, failure: null };
    } catch (error) {
      notices.push(describeFailure({ device, error }));
      failure = error;
    }
  }
  return { model: null, notices, reference: compared?.tried ?? null, failure };
}

/** Its answers are taken as they are: there are no others. */
function describeNotCompared({ kind }: EngineDevice, { failures }: TriedInOrder): string {
  return [
    `What ${kind} says was not compared: the processor can’t run this model.`,
    ...failures.map(describeFailure),
  ].join(' ');
}
