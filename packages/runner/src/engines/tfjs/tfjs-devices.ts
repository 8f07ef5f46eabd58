import type { EngineDevice } from '../engine.js';
import { loadTfjsModel } from './load-tfjs-model.js';
import { startWasm } from './start-wasm.js';

/** The devices of TF.js, the fastest first. */
export const tfjsDevices: readonly EngineDevice[] = [
  { kind: 'wasm', load: async (options) => await loadTfjsModel(await startWasm(options.threads), options) },
];
