export { type DemoBundle, demoBundles, packDemoBundle } from './demo-bundles.js';
