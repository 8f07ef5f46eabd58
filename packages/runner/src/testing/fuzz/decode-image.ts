import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError } from '@holdout/contracts';
import { inspectImage } from '@holdout/testset';
import { decodeImage } from '../../images/decode-image.js';
import { normalisePixels } from '../../images/normalise-pixels.js';

const side = 24;
const input = {
  name: 'input',
  width: side,
  height: side,
  layout: 'nchw',
  resize: 'contain',
  scale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  std: [0.2, 0.2, 0.2],
  fixedBatchSize: null,
} as const;
const values = new Float32Array(side * side * 3);
const path = join(process.env.HOLDOUT_FUZZ_DIRECTORY ?? mkdtempSync(join(tmpdir(), 'holdout-fuzz-')), 'image.png');

/**
 * An image comes in with a test set, where it is decoded once; what was let in there, a worker must be able to prepare for
 * every model.
 */
export async function tryInput(bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes);
  const inspected = await inspectImage(bytes);
  if ('problem' in inspected) throw new HoldoutError('test_set_invalid', { sentences: [inspected.problem] });
  for (const channels of [1, 3] as const) {
    const name = { ...input, mean: input.mean.slice(0, channels), std: input.std.slice(0, channels) };
    values.fill(Number.NaN);
    normalisePixels(await decodeImage(path, { ...name, channels }), { ...name, channels }, values, 0);
    const prepared = values.subarray(0, side * side * channels);
    if (prepared.some((value) => !Number.isFinite(value))) throw new Error('A pixel is no number.');
  }
}
