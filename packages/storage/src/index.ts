export { appendDurably } from './batched-file.js';
export { cacheBlobs } from './blob-cache.js';
export { createDiskStorage } from './disk-storage.js';
export { openStorage, readStorageOptions, type StorageOptions, storageVariables } from './open-storage.js';
export { readPredictions, takeStudiesOf } from './read-predictions.js';
export { type S3Options, s3ClientConfig } from './s3-client.js';
export { toS3Error } from './s3-error.js';
export type { Storage, StoredBlob } from './storage.js';
export { toStorageError } from './storage-error.js';
