export { openArchive } from './archive/open-archive.js';
export { type BundleFile, type BundleFiles, stripTopFolder } from './bundle-files.js';
export type { ByteSource } from './byte-source.js';
export { type CheckedBundle, checkBundle } from './check-bundle.js';
export { type BundleLimits, bundleLimits } from './limits.js';
export { packBundle } from './pack-bundle.js';
