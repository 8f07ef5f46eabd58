#!/usr/bin/env node
// `npm run test:fuzz -- --runs 20000 [--seed N] [FILE …]`: the fuzz tests, for as long as one likes.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '2000' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const environment = {
  ...process.env,
  HOLDOUT_FUZZ_RUNS: values.runs,
  ...(values.seed === undefined ? {} : { HOLDOUT_FUZZ_SEED: values.seed }),
};
const files = positionals.length > 0 ? positionals : ['.fuzz.test.ts'];
const { status } = spawnSync('npx', ['vitest', 'run', ...files], { env: environment, stdio: 'inherit' });
process.exit(status ?? 1);
