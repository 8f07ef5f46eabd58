export { createDiskStorage } from './disk-storage.js';
export type { Storage, StoredBlob } from './storage.js';
