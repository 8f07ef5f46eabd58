import { type TriedModel, tryModel } from './compare-trials.js';
import type { EngineDevice, LoadOptions } from './engine.js';

export interface TriedInOrder {
  /** null where none can run the model. */
  readonly tried: TriedModel | null;
  /** Of those before it. */
  readonly failures: readonly Failure[];
}

interface Failure {
  readonly device: EngineDevice;
  readonly error: unknown;
}

/** Tries a model on devices, one after the other, until one of them can run it. */
export async function tryInOrder(devices: readonly EngineDevice[], options: LoadOptions): Promise<TriedInOrder> {
  const failures: Failure[] = [];
  for (const device of devices) {
    if (!mayHelp(device, failures)) continue;
    try {
      return { tried: await tryModel(device, options), failures };
    } catch (error) {
      failures.push({ device, error });
    }
  }
  return { tried: null, failures };
}

/** Whether a device is worth a try after those that failed. */
export function mayHelp({ mayHelp: says }: EngineDevice, failures: readonly Failure[]): boolean {
  const last = failures.at(-1);
  return !last || !says || says(last.error);
}

/** An engine's further lines name its source files. */
export function describeFailure({ device, error }: Failure): string {
  const words = error instanceof Error ? error.message : String(error);
  return `Not on ${device.kind}: ${(words.trim().split('\n')[0] ?? '').slice(0, 500)}`;
}
