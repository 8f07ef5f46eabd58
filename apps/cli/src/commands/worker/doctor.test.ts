import { makeContainerImage, type TestImage } from '@holdout/runner/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runHoldout } from '../../testing/run-holdout.js';

let image: TestImage;
beforeAll(async () => {
  image = await makeContainerImage();
});
afterAll(() => image.remove());

it('tries every sandbox and engine of this machine', async () => {
  const environment = { HOLDOUT_CONTAINER_IMAGE: image.container.image, HOLDOUT_CONTAINER_RUNTIME: 'runc' };
  const { exitCode, stdout } = await runHoldout(['worker', 'doctor', '--json'], { environment });
  const found = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  expect(found.cores).toBeGreaterThan(0);
  const tried = found.sandboxes.map(({ kind, works, engines }: (typeof found.sandboxes)[number]) => [
    kind,
    works,
    engines.map(({ engine, works: runs }: { engine: string; works: boolean }) => `${engine} ${runs}`),
  ]);
  expect(tried).toEqual([
    ['bubblewrap', true, ['onnx true', 'tfjs true', 'command true']],
    ['container', true, ['onnx true', 'tfjs true', 'command true']],
    ['none', true, ['onnx true', 'tfjs true']],
  ]);
});

it('says what is missing where containers were not set up', async () => {
  const { exitCode, stdout } = await runHoldout(['worker', 'doctor']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/cpu +onnx +works +[0-9.]+ +onnxruntime-node 1/);
  expect(stdout).toMatch(/wasm +tfjs +works +[0-9.]+ +@tensorflow\/tfjs 4/);
  expect(stdout).toMatch(/javascript +tfjs +works +[0-9.]+ +@tensorflow\/tfjs 4/);
  expect(stdout).toMatch(/container +fails +HOLDOUT_CONTAINER_IMAGE must name the image/);
});

// What plays the GPU takes seconds for an image.
const slow = { timeout: 300_000 };

it(
  'measures a GPU, also one that is only software where that is asked for, and says why others are not there',
  slow,
  async () => {
    const { stdout } = await runHoldout(['worker', 'doctor', '--json'], { environment: { HOLDOUT_GPUS: 'software' } });
    const { devices } = JSON.parse(stdout);
    const onGpu = (engine: string, device: string) =>
      devices.find((each: { engine: string; device: string }) => each.engine === engine && each.device === device);
    for (const engine of ['onnx', 'tfjs']) {
      const detail = expect.stringMatching(/SwiftShader|llvmpipe/i);
      expect(onGpu(engine, 'webgpu')).toMatchObject({ gpu: 'software', works: true, detail });
      expect(onGpu(engine, 'webgpu').imagesPerSecond).toBeGreaterThan(0);
      expect(onGpu(engine, 'cuda')).toMatchObject({ works: false, detail: expect.stringContaining('not installed') });
    }
  },
);

it('says which GPUs there are where HOLDOUT_GPUS names another', async () => {
  const { exitCode, stderr } = await runHoldout(['worker', 'doctor'], { environment: { HOLDOUT_GPUS: 'nvidia77' } });
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/names “nvidia77”, and this machine has/);
});
