export { createDiskStorage } from './disk-storage.js';
export { readPredictions, takeStudiesOf } from './read-predictions.js';
export type { Storage, StoredBlob } from './storage.js';
export { toStorageError } from './storage-error.js';
