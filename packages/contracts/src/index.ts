export * from './api.js';
export * from './digest.js';
export * from './errors.js';
export * from './jobs.js';
export * from './manifest.js';
export * from './predictions.js';
export * from './score.js';
export * from './states.js';
