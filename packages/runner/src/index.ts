export { aggregateStudies } from './aggregate-studies.js';
export { type RunOptions, runBundle } from './run-bundle.js';
export { type RunImage, type RunningModel, type RunResult, startModel } from './start-model.js';
