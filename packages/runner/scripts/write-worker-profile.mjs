// Writes deploy/seccomp/evaluating-worker.json, which docker-compose.yml gives the worker's container. After `npm run build`:
//
//   node packages/runner/scripts/write-worker-profile.mjs

import { writeFile } from 'node:fs/promises';
import { buildWorkerProfile } from '../dist/sandbox/seccomp/worker-profile.js';

const file = new URL('../../../deploy/seccomp/evaluating-worker.json', import.meta.url);
await writeFile(file, `${JSON.stringify(buildWorkerProfile(), null, 1)}\n`);
