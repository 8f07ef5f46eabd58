export { aggregateStudies } from './aggregate-studies.js';
export { digestEngine } from './engines/digest-engine.js';
export { keepProcessReady, type ModelStarter } from './keep-process-ready.js';
export { type RunOptions, runBundle } from './run-bundle.js';
export type { RunImage, RunningModel, RunResult } from './start-model.js';
