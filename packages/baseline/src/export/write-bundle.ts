import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Manifest, manifestFileName } from '@holdout/contracts';
import type * as tf from '@tensorflow/tfjs-core';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { BaselineError } from '../baseline-error.js';
import { convertToOnnx } from '../onnx/convert-to-onnx.js';
import type { ExportFormat } from './export-formats.js';

/** What a manifest says of a network whatever it is written as. */
export type BundleWords = Omit<Extract<Manifest, { engine: 'onnx' | 'tfjs' }>, 'engine' | 'model'>;

/**
 * Refuses a folder that is there already, before anything is worked out.
 *
 * @throws BaselineError
 */
export async function demandFreePlace(directory: string, overwrite: boolean): Promise<void> {
  if (overwrite || (await stat(directory).catch(() => null)) === null) return;
  throw new BaselineError(`${directory} is there already.`, 'Name another folder, or add --force to replace it.');
}

/** Writes a bundle as a folder, whole or not at all; one that is there is replaced. */
export async function writeBundle(
  directory: string,
  format: ExportFormat,
  network: LayersModel,
  { name, description, ...words }: BundleWords,
): Promise<void> {
  const target = resolve(directory);
  await mkdir(dirname(target), { recursive: true });
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  await mkdir(partial);
  try {
    const model = format === 'onnx' ? 'model.onnx' : 'model.json';
    if (format === 'onnx') await writeFile(join(partial, model), convertToOnnx(network));
    else await writeTfjs(partial, network);
    const manifest = { name, description, engine: format, model, ...words };
    await writeFile(join(partial, manifestFileName), `${JSON.stringify(manifest, null, 2)}\n`);
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** A layers model as TF.js saves it, but for the date, so that the same network gives the same files. */
async function writeTfjs(directory: string, network: LayersModel): Promise<void> {
  let saved: tf.io.ModelArtifacts | undefined;
  await network.save(
    io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  if (!saved?.weightSpecs || !saved.weightData) throw new Error('TF.js saved no weights.');
  const file = {
    format: 'layers-model',
    generatedBy: 'holdout',
    convertedBy: null,
    modelTopology: saved.modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: saved.weightSpecs }],
  };
  await writeFile(join(directory, 'model.json'), `${JSON.stringify(file)}\n`);
  await writeFile(join(directory, 'weights.bin'), new Uint8Array(io.CompositeArrayBuffer.join(saved.weightData)));
}
