import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressAssets } from './scripts/compress-assets.ts';

/** The API that `vite` hands requests on to while pages are written; `npm start` runs one. */
const developmentServer = process.env.HOLDOUT_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressAssets()],
  // tar-stream needs Node's events. The library between them would take this one of its own on other machines.
  resolve: { alias: { 'events-universal': 'bare-events' } },
  // The check of a bundle runs in one, and is a module as the page is.
  worker: { format: 'es' },
  // Replaced by the server with a number used once, for each answer anew: see apps/api/src/serve-pages.ts.
  html: { cspNonce: '%CSP_NONCE%' },
  build: {
    outDir: 'dist/pages',
    emptyOutDir: true,
    target: 'es2022',
    // What each page loads, for the test that weighs it.
    manifest: true,
    // A data: address is what the content security policy forbids.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What every page needs and what seldom changes is one file, and stays with the reader when pages change.
        codeSplitting: {
          groups: [
            {
              name: 'framework',
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack|i18next|react-i18next)[\\/]/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': developmentServer } },
});
