import { join } from 'node:path';
import { type HeatMap, type HeatMapMethod, HoldoutError, type ResolvedManifest } from '@holdout/contracts';
import type { PredictorOptions } from '../predictor.js';
import type { RunImage } from '../start-model.js';
import { exposeTensors } from './expose-tensors.js';

export interface ExplainOptions extends PredictorOptions {
  readonly images: readonly RunImage[];
  readonly method: HeatMapMethod;
  readonly signal?: AbortSignal;
  readonly onProgress?: (imagesDone: number, imagesTotal: number) => void;
  readonly onLog?: (line: string) => void;
}

/** By which a bundle's heat maps are made: by class activation where it names what that needs. */
export function chooseMethod(manifest: ResolvedManifest): HeatMapMethod {
  return manifest.engine !== 'command' && manifest.cam ? 'cam' : 'occlusion';
}

/**
 * Runs a bundle's model in its sandbox to see where it looks in each of some images.
 *
 * @returns heat maps in the order of the images
 * @throws HoldoutError `heat_map_unavailable` for a program; as `RunningModel.explain` for a model
 */
export async function explainImages(options: ExplainOptions): Promise<HeatMap[]> {
  const { manifest, limits, threads, models, unpack, method, ...run } = options;
  if (manifest.engine === 'command') throw new HoldoutError('heat_map_unavailable');
  const { cam } = manifest;
  if (method === 'cam' && !cam) throw new Error('This manifest names no feature maps.');
  const model = models.start(limits);
  try {
    await unpack(model.bundleDirectory);
    if (method === 'cam' && cam && manifest.engine === 'onnx') {
      await exposeTensors(join(model.bundleDirectory, manifest.model), [cam.features, cam.weights]);
    }
    model.load(manifest, threads);
    return await model.explain({ ...run, method, timeLimitSeconds: limits.timeLimitSeconds });
  } finally {
    await model.close();
  }
}
