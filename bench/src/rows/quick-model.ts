import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSandbox } from '@holdout/runner';
import { densenetSide } from '../densenet/make-densenet169.js';
import { describeDensenet } from '../densenet/write-densenet169.js';
import type { Row } from '../measurement.js';
import { makeQuickNet } from '../worker-path/make-quick-net.js';
import { measureBesideEngine } from '../worker-path/measure-beside-engine.js';
import { writeRadiographs } from '../write-radiographs.js';

/** The same for a model that takes about 2 ms an image: whatever else an image needs is seen beside so little. */
export const measureQuickModel: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const bundleDirectory = join(directory, 'quick');
  await mkdir(bundleDirectory, { recursive: true });
  await writeFile(join(bundleDirectory, 'model.onnx'), makeQuickNet(170, densenetSide));
  say(`wrote a small net; drawing ${imageCount} radiographs`);
  const images = await writeRadiographs(join(directory, 'images'), imageCount);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const bundle = { bundleDirectory, manifest: describeDensenet('a small net, random weights'), images };
  return await measureBesideEngine({ name: 'a net of 2 ms an image' }, { sandbox, bundle, directory, rounds, say });
};
