import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from '../data/batches.js';
import { NormalizeAndRectify } from '../densenet/normalize-and-rectify.js';

/**
 * Has normalisations that a converter put into the convolutions before them normalise again: by the mean and variance of
 * some images, and with a γ and a β that undo just that. The network predicts what it did before; but γ and β are there to be
 * learned, and a batch that is normalised by itself comes out as large as these images did.
 *
 * @param names - of the layers
 */
export async function normalizeAgain(
  network: LayersModel,
  names: readonly string[],
  batches: AsyncIterable<Batch>,
): Promise<void> {
  const layers = network.layers
    .filter((layer): layer is NormalizeAndRectify => layer instanceof NormalizeAndRectify)
    .filter(({ name }) => names.includes(name));
  for (const layer of layers) layer.watch();
  const [, ...sides] = network.inputs[0]?.shape ?? [];
  for await (const { places, values } of batches) {
    tf.tidy(() => {
      network.predict(tf.tensor(values, [places.length, ...sides.map((side) => side ?? 0)]));
    });
  }
  for (const layer of layers) layer.adoptStatistics();
}
