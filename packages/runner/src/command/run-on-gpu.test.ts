import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../gpus/gpu.js';
import { takeGpu } from '../gpus/take-gpu.js';
import { createSandbox } from '../sandbox/create-sandbox.js';
import { runProgram, wellBehaved } from '../testing/run-program.js';

let folder: string;
let gpus: Gpu[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-gpu-'));
  // Only who has it is asked here: of its files none is shown.
  const none = { name: null, uuid: null, files: [], systemFolders: [], environment: {}, isSoftware: true };
  gpus = [{ id: 'software', ...none, lockFile: join(folder, 'gpu.lock') }];
});
afterAll(() => rm(folder, { recursive: true }));

async function run(source: string, gpu: boolean, onLog: (line: string) => void = () => {}) {
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const { fault, log } = await runProgram(sandbox, wellBehaved + source, { manifest: { gpu }, gpus, onLog });
  expect(fault).toBeNull();
  return log;
}

it('waits for a GPU where its manifest asks for one, and begins at once where it does not', async () => {
  const taken = await takeGpu(gpus);
  const order: string[] = [];
  const waits = run('predict()', true).then(() => order.push('with'));
  await run('predict()', false);
  await run('predict()', false);
  order.push('without');
  taken.release();
  await waits;
  expect(order).toEqual(['without', 'with']);
});

it('has its GPU until it has ended, and no longer', async () => {
  const lines: string[] = [];
  let next: ReturnType<typeof takeGpu> | null = null;
  let seen: string[] = [];
  const source = "import time\nprint('begun')\ntime.sleep(1)\nprint('ending')\npredict()";
  await run(source, true, (line) => {
    lines.push(line);
    next ??= takeGpu(gpus).then((taken) => {
      seen = [...lines];
      return taken;
    });
  });
  const taken = await (next ?? takeGpu(gpus));
  expect(seen).toEqual(['begun', 'ending']);
  taken.release();
});
