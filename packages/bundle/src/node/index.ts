export { type CheckAnswer, type CheckThreadData, checkThreadProgram } from './check-thread-answer.js';
export { openBundlePath } from './open-bundle-path.js';
export { openFileSource } from './open-file-source.js';
export { openFolder } from './open-folder.js';
export { unpackBundle } from './unpack-bundle.js';
