export type { RunStudy } from './command/lay-out-work.js';
export { digestEngine } from './engines/digest-engine.js';
export { keepProcessReady, type ModelStarter } from './keep-process-ready.js';
export { openPredictor, type Predicted, type Predictor } from './predictor.js';
export { runBundle } from './run-bundle.js';
export { createSandbox } from './sandbox/create-sandbox.js';
export { demandSandbox } from './sandbox/demand-sandbox.js';
export { type Sandbox, sandboxKinds } from './sandbox/sandbox.js';
export type { RunImage, RunResult } from './start-model.js';
