import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBundle } from '@holdout/bundle';
import { openFolder } from '@holdout/bundle/node';
import { manifestFileName } from '@holdout/contracts';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { BaselineError } from '../baseline-error.js';
import { startBackend } from '../gradients/start-backend.js';
import { TrainingFolder } from '../train/training-folder.js';
import { combineMembers } from './combine-members.js';
import type { BundleWords } from './write-bundle.js';

export interface LoadedNetwork {
  readonly network: LayersModel;
  readonly words: BundleWords;
}

interface LoadOptions {
  /** How many of a training's best are put together; as many as it kept where it is left out. */
  readonly members?: number | undefined;
  readonly name?: string | undefined;
}

/**
 * A network that was trained here: from the folder that a training keeps, or from a TF.js bundle of layers.
 *
 * @throws BaselineError where the folder is neither; HoldoutError where it is a bundle that can't be run
 */
export async function loadNetwork(directory: string, options: LoadOptions): Promise<LoadedNetwork> {
  await stat(directory);
  await startBackend();
  const isBundle = (await stat(join(directory, manifestFileName)).catch(() => null)) !== null;
  return isBundle ? await loadBundle(directory, options) : await loadTraining(directory, options);
}

async function loadTraining(directory: string, { members: wanted, name }: LoadOptions): Promise<LoadedNetwork> {
  const folder = new TrainingFolder(directory);
  const checkpoint = await folder.readCheckpoint();
  const kept = checkpoint?.state.members ?? [];
  if (!checkpoint || kept.length === 0) {
    const next = 'Name a bundle, or the folder of a training that has finished an epoch.';
    throw new BaselineError(`${directory} holds no network that was trained.`, next);
  }
  if (wanted !== undefined && wanted > kept.length) {
    const next = `Ask for --members ${kept.length} or fewer, or train on.`;
    throw new BaselineError(`${directory} has ${kept.length} networks, not ${wanted}.`, next);
  }
  const chosen = kept.slice(0, wanted ?? kept.length);
  const weights = await Promise.all(chosen.map((member) => folder.readMember(member)));
  const { network: shape, mean, std } = checkpoint.state.settings;
  const layers = 2 * shape.blocks.reduce((sum, count) => sum + count, 0) + shape.blocks.length + 1;
  const epochs = chosen.map(({ epoch }) => epoch).join(', ');
  return {
    network: combineMembers(shape, weights),
    words: {
      name: name ?? `DenseNet-${layers}`,
      description:
        chosen.length === 1
          ? `The network of epoch ${epochs}.`
          : `The mean of ${chosen.length} networks, of the epochs ${epochs}.`,
      input: {
        width: shape.inputSize,
        height: shape.inputSize,
        channels: shape.channels,
        resize: 'stretch',
        scale: 1 / 255,
        mean,
        std,
      },
      output: { name: 'probability', activation: 'none' },
      studyAggregation: 'mean',
      threshold: 0.5,
      // The mean of several probabilities is no sum over one network's feature maps.
      ...(chosen.length === 1 ? { cam: { features: 'features', weights: 'classifier/kernel' } } : {}),
    },
  };
}

const layersFileSchema = z.object({
  format: z.literal('layers-model'),
  modelTopology: z.looseObject({}),
  weightsManifest: z.tuple([
    z.object({ paths: z.tuple([z.string()]), weights: z.array(z.custom<io.WeightsManifestEntry>()) }),
  ]),
});

async function loadBundle(directory: string, { name }: LoadOptions): Promise<LoadedNetwork> {
  const { manifest } = await checkBundle(await openFolder(directory));
  if (manifest.engine !== 'tfjs') {
    const next = 'Name a TF.js bundle that holdout baseline wrote, or the folder of a training.';
    throw new BaselineError(`${directory} is a bundle of the engine ${manifest.engine}.`, next);
  }
  const file = layersFileSchema.safeParse(JSON.parse(await readFile(join(directory, manifest.model), 'utf8')));
  if (!file.success) {
    const next = 'Name a TF.js bundle that holdout baseline wrote, or the folder of a training.';
    throw new BaselineError(`${directory} is no network of layers with one file of weights.`, next);
  }
  const [{ paths, weights }] = file.data.weightsManifest;
  const bytes = new Uint8Array(await readFile(join(directory, paths[0])));
  const network = await loadLayersModel(
    io.fromMemory({ modelTopology: file.data.modelTopology, weightSpecs: weights, weightData: bytes.buffer }),
  );
  const { engine: _engine, model: _model, input, output, ...words } = manifest;
  const { name: _name, layout: _layout, fixedBatchSize: _fixed, ...imageInput } = input;
  return {
    network,
    words: { ...words, ...(name === undefined ? {} : { name }), input: imageInput, output: { ...output } },
  };
}
