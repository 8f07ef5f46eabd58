// Writes docs/cli.md from the commands: npm run build && node apps/cli/scripts/write-reference.mjs

import { writeFile } from 'node:fs/promises';
import { readEnvironment } from '../dist/config.js';
import { createProgram } from '../dist/create-program.js';
import { writeReference } from '../dist/reference/write-reference.js';

const { signal } = new AbortController();
const program = createProgram({ environment: readEnvironment(), signal }, { quiet: false });
await writeFile(new URL('../../../docs/cli.md', import.meta.url), writeReference(program));
