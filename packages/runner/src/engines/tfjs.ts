import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { defaultBatchSize, type LoadModel, takeRows } from './engine.js';
import { nameEngine } from './name-engine.js';

/** What is needed of a model.json; packages/bundle has checked the rest. */
const modelFileSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({}),
  signature: z.looseObject({}).optional(),
  weightsManifest: z
    .array(z.object({ paths: z.array(z.string()), weights: z.array(z.custom<tf.io.WeightsManifestEntry>()) }))
    .default([]),
});

type Model = Awaited<ReturnType<typeof loadLayersModel>> | Awaited<ReturnType<typeof loadGraphModel>>;

/** TF.js on WebAssembly: layers models and graph models, with their weights from the bundle's files. */
export const loadTfjsModel: LoadModel = async ({ bundleDirectory, manifest, threads }) => {
  await startWasm(threads);
  const model = await readModel(join(bundleDirectory, manifest.model));
  const { input, output } = manifest;
  const imageValues = input.width * input.height * input.channels;
  const imageShape =
    input.layout === 'nchw' ? [input.channels, input.height, input.width] : [input.height, input.width, input.channels];
  return {
    engineVersion: nameEngine('tfjs'),
    device: tf.env().getBool('WASM_HAS_SIMD_SUPPORT') ? 'wasm-simd' : 'wasm',
    threads: 1,
    batchSize: input.fixedBatchSize ?? defaultBatchSize,
    async predict(values, count) {
      const given = input.fixedBatchSize ?? count;
      const result = tf.tidy(() => {
        const images = tf.tensor(values.subarray(0, given * imageValues), [given, ...imageShape], 'float32');
        return chooseOutput(model, run(model, images, input.name, output.name), output.name);
      });
      try {
        return takeRows(Float64Array.from(await result.data()), result.shape, given, count);
      } finally {
        result.dispose();
      }
    },
  };
};

async function startWasm(threads: number): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  setThreadsCount(threads);
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend of TF.js did not start.');
  await tf.ready();
}

async function readModel(path: string): Promise<Model> {
  const file = modelFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const shards = file.weightsManifest
    .flatMap((group) => group.paths)
    .map((shard) => readFile(join(dirname(path), shard)));
  const bytes = Buffer.concat(await Promise.all(shards));
  const artifacts: tf.io.ModelArtifacts = {
    modelTopology: file.modelTopology,
    weightSpecs: file.weightsManifest.flatMap((group) => group.weights),
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    ...(file.signature ? { signature: file.signature } : {}),
  };
  const source = tf.io.fromMemory(artifacts);
  return file.format === 'graph-model' ? await loadGraphModel(source) : await loadLayersModel(source);
}

/** A graph model is asked for the output by its name, since it may have many; a layers model gives all it has. */
function run(model: Model, images: tf.Tensor, inputName: string, outputName: string): tf.Tensor | tf.Tensor[] {
  if ('layers' in model) return model.predict(images);
  return model.execute({ [inputName]: images }, outputName);
}

function chooseOutput(model: Model, outputs: tf.Tensor | tf.Tensor[], name: string): tf.Tensor {
  if (!Array.isArray(outputs)) return outputs;
  const place = 'layers' in model ? model.outputNames.indexOf(name) : 0;
  const chosen = outputs[place];
  if (!chosen) throw new Error(`The model has no output “${name}”.`);
  return chosen;
}
