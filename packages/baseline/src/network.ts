export { buildDenseNet } from './densenet/build-densenet.js';
export { loadNetwork } from './export/load-network.js';
export { demandFreePlace, writeBundle } from './export/write-bundle.js';
export { startBackend } from './gradients/start-backend.js';
export { type TrainingListener, train } from './train/train.js';
export type { EpochRecord } from './train/training-state.js';
