#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('holdout has not been built yet. Type first: npm run build (npm start does it too)\n');
  process.exit(1);
}
await import(main.href);
