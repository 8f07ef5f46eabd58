// What is here needs no TF.js: `npm start` and the command's other commands must not wait for it.
export { BaselineError } from './baseline-error.js';
export { type DemoBundle, demoBundles, packDemoBundle, starterBundles } from './demo-bundles.js';
export { type DenseNetShape, type NetworkName, networks } from './densenet/networks.js';
export { type ExportFormat, exportFormats } from './export/export-formats.js';
