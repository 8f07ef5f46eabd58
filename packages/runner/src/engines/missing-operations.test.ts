import { defaultRunLimits } from '@holdout/contracts';
import { afterAll, expect, it } from 'vitest';
import { findSoftwareGpu } from '../gpus/find-software-gpu.js';
import { runBundle } from '../run-bundle.js';
import { createSandbox } from '../sandbox/create-sandbox.js';
import { describeRun } from '../testing/describe-run.js';
import { writeEinsumTfjs } from '../testing/write-einsum-model.js';
import { makeFolder, removeModels, type TestBundle, writePng, writers } from '../testing/write-models.js';
import { type DeviceKind, processorKinds } from './engine.js';
import { loadModel } from './load-model.js';
import { placeOnGpu } from './place-on-gpu.js';
import { tfjsDevices } from './tfjs/tfjs-devices.js';

afterAll(removeModels);

const lacking = "Not on wasm: Kernel 'Einsum' not registered for backend 'wasm'";

const prepare = ({ directory, manifest }: TestBundle) => ({
  ...{ bundleDirectory: directory, manifest, threads: 1, gpu: null },
});

/** An image of 8 × 8 pixels of this grey. */
const draw = (grey: number) => new Float32Array(64).fill(grey);

it('runs a model in plain JavaScript where WebAssembly lacks one of its operations, and says so', async () => {
  const { model, notices } = await loadModel({ ...prepare(await writeEinsumTfjs()), devices: processorKinds });
  expect(notices).toEqual([lacking]);
  expect(model).toMatchObject({ device: 'javascript', threads: 1, isMixed: false });
  expect(Array.from((await model.predict(draw(0.25), 1)).values)).toEqual([0.25]);
  await model.release();
});

it('runs nothing else in plain JavaScript: what is wrong with a model is wrong there, too', async () => {
  const bundle = await writers.tfjs({ weights: [[1]], bias: [0] });
  const input = { ...bundle.manifest.input, channels: 3 as const, mean: [0, 0, 0], std: [1, 1, 1] };
  const options = prepare({ ...bundle, manifest: { ...bundle.manifest, input } });
  const { model, notices } = await loadModel({ ...options, devices: processorKinds });
  expect({ device: model.device, notices }).toEqual({ device: 'wasm-simd', notices: [] });
  // Said by its first batch, as where there is nothing to choose.
  await expect(model.predict(new Float32Array(192), 1)).rejects.toThrow(/shape/);
  await model.release();
});

/** What has the operation plays a GPU, and can be compared only with what has it, too. */
it.each<[string, DeviceKind[], string[]]>([
  ['compared with plain JavaScript', ['wasm', 'javascript'], []],
  [
    'not compared where no processor can run it',
    ['wasm'],
    [`What javascript says was not compared: the processor can’t run this model. ${lacking}`],
  ],
])('takes a GPU that can run a model that WebAssembly can’t, %s', async (_, processors, told) => {
  const choose = (kinds: readonly DeviceKind[]) => tfjsDevices.filter(({ kind }) => kinds.includes(kind));
  const options = prepare(await writeEinsumTfjs());
  const { model, notices, reference } = await placeOnGpu(choose(['javascript']), choose(processors), options);
  expect({ device: model?.device, notices, reference }).toEqual({
    device: 'javascript',
    notices: told,
    reference: null,
  });
  await model?.release();
});

it.each(['webgpu', 'javascript'] as const)(
  'predicts on %s in a sandbox what WebAssembly can’t, and names it in the provenance',
  async (device) => {
    const folder = await makeFolder();
    const images = [await writePng(folder, 'grey.png', [51]), await writePng(folder, 'white.png', [255])];
    const gpu = device === 'webgpu' ? findSoftwareGpu() : null;
    const log: string[] = [];
    const { probabilities, provenance } = await runBundle({
      ...describeRun(await createSandbox({ kind: 'bubblewrap' }), await writeEinsumTfjs()),
      ...{ images, gpu, threads: 1, limits: defaultRunLimits, onLog: (line: string) => log.push(line) },
    });
    for (const [place, value] of [0.2, 1].entries()) expect(probabilities[place]).toBeCloseTo(value, 3);
    expect(provenance).toMatchObject({ device, engineVersion: expect.stringContaining('@tensorflow/tfjs 4') });
    expect(provenance.adapter === null).toBe(gpu === null);
    expect(log.includes(lacking)).toBe(gpu === null);
    // TF.js' advice to install another of its packages.
    expect(log.join('\n')).not.toMatch(/Node\.js/);
  },
);
