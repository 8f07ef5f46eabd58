export { openArchive } from './archive/open-archive.js';
export type { BundleFile, BundleFiles } from './bundle-files.js';
export type { ByteSource } from './byte-source.js';
export { type CheckedBundle, checkBundle } from './check-bundle.js';
export { findBundleRoot } from './find-bundle-root.js';
export { type BundleLimits, bundleLimits } from './limits.js';
export { openBlobSource } from './open-blob-source.js';
export { type ChosenFile, openFiles } from './open-files.js';
export { measureStored, packBundle } from './pack-bundle.js';
