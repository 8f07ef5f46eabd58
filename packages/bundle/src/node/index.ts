export { type CheckAnswer, type CheckTask, checkProgram } from './check-answer.js';
export { openBundlePath } from './open-bundle-path.js';
export { openFileSource } from './open-file-source.js';
export { openFolder } from './open-folder.js';
export { unpackBundle } from './unpack-bundle.js';
