import { expect, it } from 'vitest';
import { runHoldout } from '../../testing/run-holdout.js';

it('tries every sandbox and engine of this machine', async () => {
  const { exitCode, stdout } = await runHoldout(['worker', 'doctor', '--json']);
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
    ['none', true, ['onnx true', 'tfjs true']],
  ]);
});
