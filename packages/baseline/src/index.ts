export { type DemoBundle, demoBundles, packDemoBundle, starterBundles } from './demo-bundles.js';
