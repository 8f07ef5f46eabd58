import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultRunLimits } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from './gpus/gpu.js';
import { takeGpu } from './gpus/take-gpu.js';
import { openPixelsForOnce } from './images/open-pixels.js';
import { keepProcessReady } from './keep-process-ready.js';
import { openPredictor } from './predictor.js';
import { createSandbox } from './sandbox/create-sandbox.js';
import type { Sandbox, SandboxEnd } from './sandbox/sandbox.js';
import { copyFrom, makeFolder } from './testing/describe-run.js';
import { removeModels, type TestBundle, writePng, writers } from './testing/write-models.js';

let folder: string;
let bundle: TestBundle;
let gpus: [Gpu, Gpu];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-predictor-'));
  bundle = await writers.onnx({ weights: [[1]], bias: [0] });
  // Only who has which is asked here: of their files none is shown.
  const none = { name: null, uuid: null, files: [], systemFolders: [], environment: {}, isSoftware: false };
  const describe = (id: string): Gpu => ({ id, ...none, lockFile: join(folder, `${id}.lock`) });
  gpus = [describe('nvidia0'), describe('nvidia1')];
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await removeModels();
});

async function prepare(sandbox: Sandbox) {
  const models = keepProcessReady({ sandbox, makeFolder });
  const { manifest, directory } = bundle;
  const options = { manifest, unpack: copyFrom(directory), sandbox, models, makeFolder, gpus, threads: 1 };
  return { models, open: () => openPredictor({ ...options, limits: defaultRunLimits }) };
}

it('takes the GPU that the waiting process sees, where it is free', async () => {
  const { models, open } = await prepare(await createSandbox({ kind: 'bubblewrap' }));
  await models.start(defaultRunLimits, gpus[1]).close();
  await expect.poll(() => models.waitingGpu()?.id, { timeout: 30_000 }).toBe('nvidia1');
  const predictor = await open();
  const other = await takeGpu(gpus);
  expect(other.gpu.id).toBe('nvidia0');
  other.release();
  await predictor.close();
  await models.close();
});

it('gives its GPU back when its process has ended, not before', async () => {
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  let hasEnded = false;
  /** A process that takes its time to end, as one in a container may. */
  const end = async (ended: Promise<SandboxEnd>) => {
    const end = await ended;
    await sleep(500);
    hasEnded = true;
    return end;
  };
  const start: Sandbox['start'] = (program) => {
    const running = sandbox.start(program);
    return { ...running, ended: end(running.ended) };
  };
  const { models, open } = await prepare({ ...sandbox, mayWait: false, start });
  const predictor = await open();
  const other = await takeGpu(gpus);
  const next = takeGpu(gpus).then((taken) => ({ taken, hadEnded: hasEnded }));
  await predictor.close();
  const { taken, hadEnded } = await next;
  expect(hadEnded).toBe(true);
  for (const each of [taken, other]) each.release();
  await models.close();
});

/** Where a process sees a GPU, it speaks like one whose GPU is lost when it is asked for the predictions of a list. */
function loseGpu(sandbox: Sandbox, atList: number): Sandbox {
  const placement = { device: 'webgpu', threads: 1, batchSize: 1 };
  const result = { kind: 'result', probabilities: [1], placement, loadSeconds: 0, inferenceSeconds: 0 };
  const fault = { kind: 'fault', code: 'inference_failed', detail: 'The device was lost.\n    at its driver' };
  const say = (message: object) => `printf '%s\\n' '${JSON.stringify(message)}'`;
  const answers = Array.from({ length: atList }, (_, place) => (place === atList - 1 ? fault : result));
  const awaitList = `until read line && [ "$line" != "\${line#*predict}" ]; do :; done`;
  const script = [say({ kind: 'ready', adapter: 'G' }), ...answers.map((each) => `${awaitList}; ${say(each)}`)].join(
    '; ',
  );
  const start: Sandbox['start'] = (program) =>
    sandbox.start(program.gpu ? { ...program, argv: ['/bin/sh', '-c', script] } : program);
  return { ...sandbox, mayWait: false, start };
}

it('runs a model on the processor where its GPU fails before the first answer, and not after', async () => {
  const studies = [{ study: 's', images: [{ fileName: '1.png', ...(await writePng(folder, 'white.png', [255])) }] }];
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const early = await prepare(loseGpu(sandbox, 1));
  const predictor = await early.open();
  const log: string[] = [];
  const { predictions, provenance } = await predictor.run({ studies, onLog: (line) => log.push(line) });
  expect(predictions[0]?.probability).toBeCloseTo(1, 5);
  expect(provenance.device).toBe('cpu');
  expect(log).toContain('Not on its GPU: The device was lost. It is run on the processor.');
  // Another evaluation has it now.
  const [one, other] = await Promise.all([takeGpu(gpus), takeGpu(gpus)]);
  for (const each of [one, other]) each.release();
  await predictor.close();
  await early.models.close();

  const late = await prepare(loseGpu(sandbox, 2));
  const answered = await late.open();
  expect((await answered.run({ studies })).provenance.device).toMatch(/^webgpu/);
  await expect(answered.run({ studies })).rejects.toMatchObject({ code: 'inference_failed' });
  await answered.close();
  await late.models.close();
});

it('has decoded what it will be run on before its bundle is unpacked, and does so once', async () => {
  const pixels = await openPixelsForOnce(makeFolder);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const models = keepProcessReady({ sandbox, pixels, makeFolder });
  const image = { ...(await writePng(folder, 'white.png', [255])), fileName: 'white.png' };
  const studies = [{ study: 'one', images: [image] }];
  const predictor = await openPredictor({
    ...{ manifest: bundle.manifest, sandbox, models, makeFolder, threads: 1, limits: defaultRunLimits },
    // A list that can't be made is told to who runs it on that.
    expected: [Promise.resolve(studies), Promise.reject(new Error('Postgres is away'))],
    async unpack(directory) {
      await expect.poll(pixels.countDecoded, { timeout: 30_000 }).toBe(1);
      await copyFrom(bundle.directory)(directory);
    },
  });
  expect((await predictor.run({ studies })).predictions).toHaveLength(1);
  expect(pixels.countDecoded()).toBe(1);
  await predictor.close();
  await models.close();
  await pixels.close();
});
