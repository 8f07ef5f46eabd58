export { aggregateStudies } from './aggregate-studies.js';
export { type RunImage, type RunOptions, type RunResult, runBundle } from './run-bundle.js';
