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
  expect(stdout).toMatch(/container +fails +HOLDOUT_CONTAINER_IMAGE must name the image/);
});
