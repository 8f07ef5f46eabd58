import { join } from 'node:path';
import { createSandbox } from '@holdout/runner';
import type { Row } from '../measurement.js';
import { measureBesideEngine } from '../worker-path/measure-beside-engine.js';
import { writeQuickBundle } from '../worker-path/write-quick-bundle.js';
import { writeRadiographs } from '../write-radiographs.js';

/** The same for a model that takes about 2 ms an image: whatever else an image needs is seen beside so little. */
export const measureQuickModel: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const written = await writeQuickBundle(join(directory, 'quick'));
  say(`wrote a small net; drawing ${imageCount} radiographs`);
  const images = await writeRadiographs(join(directory, 'images'), imageCount);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const what = { name: 'a net of 2 ms an image', least: 0.95 };
  return await measureBesideEngine(what, { sandbox, bundle: { ...written, images }, directory, rounds, say });
};
