import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './describe-machine.js';
import { type Result, type Row, summarise } from './measurement.js';
import { formatTable } from './print-table.js';
import { measureGpu } from './rows/gpu.js';
import { measureGrowth } from './rows/growth.js';
import { measureLeaderboard } from './rows/leaderboard.js';
import { measureUnderLoad } from './rows/load.js';
import { measurePages } from './rows/pages.js';
import { measureQueue } from './rows/queue.js';
import { measureQuickModel } from './rows/quick-model.js';
import { measureRanks } from './rows/ranks.js';
import { measureSandbox } from './rows/sandbox.js';
import { measureScoring } from './rows/scoring.js';
import { measureSubmission } from './rows/submission.js';
import { measureTorch } from './rows/torch.js';
import { measureUpload } from './rows/upload.js';
import { measureWorkerPath } from './rows/worker-path.js';

/** Every row, by the name that `--row` takes. */
const rows: Readonly<Record<string, Row>> = {
  scoring: measureScoring,
  ranks: measureRanks,
  'worker-path': measureWorkerPath,
  'quick-model': measureQuickModel,
  torch: measureTorch,
  gpu: measureGpu,
  sandbox: measureSandbox,
  submission: measureSubmission,
  leaderboard: measureLeaderboard,
  pages: measurePages,
  queue: measureQueue,
  upload: measureUpload,
  load: measureUnderLoad,
  growth: measureGrowth,
};

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true, default: Object.keys(rows) },
    rounds: { type: 'string', default: '5' },
    images: { type: 'string', default: '96' },
    gigabytes: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '5' },
  },
});

const machine = describeMachine();
const directory = await mkdtemp(join(tmpdir(), 'holdout-bench-'));
process.once('SIGINT', () => {
  rmSync(directory, { recursive: true, force: true });
  process.exit(130);
});
const results: Result[] = [];
try {
  for (const name of values.row) {
    const row = rows[name];
    if (!row) throw new Error(`There is no row “${name}”, expected one of: ${Object.keys(rows).join(', ')}.`);
    const say = (line: string) => console.error(`${name}: ${line}`);
    const options = {
      directory,
      rounds: readCount('rounds'),
      images: readCount('images'),
      gigabytes: readCount('gigabytes'),
      minutes: readCount('minutes'),
      say,
    };
    for (const measurement of await row(options)) results.push(summarise(name, measurement));
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

console.log(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${machine.platform}\n`);
console.log(formatTable(results));
console.log(`\n${await writeResults()}`);

function readCount(option: 'rounds' | 'images' | 'gigabytes' | 'minutes'): number {
  const count = Number(values[option]);
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`--${option} is “${values[option]}”, expected a whole number from 1.`);
  }
  return count;
}

/** Kept beside the bench and out of git: numbers of one machine mean nothing on another. */
async function writeResults(): Promise<string> {
  const file = new URL('../results/latest.json', import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`);
  return `Written to ${file.pathname}`;
}
