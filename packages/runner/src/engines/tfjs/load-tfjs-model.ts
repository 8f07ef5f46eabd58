import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { io, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { defaultBatchSize, type LoadedModel, type LoadOptions, takeRows } from '../engine.js';
import type { Tfjs, TfjsBackend } from './tfjs-backend.js';

/** What is needed of a model.json; packages/bundle has checked the rest. */
const modelFileSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({}),
  signature: z.looseObject({}).optional(),
  weightsManifest: z
    .array(z.object({ paths: z.array(z.string()), weights: z.array(z.custom<io.WeightsManifestEntry>()) }))
    .default([]),
});

type Model = LayersModel | GraphModel;

/** Layers models and graph models, with their weights from the bundle's files, on a backend of TF.js. */
export async function loadTfjsModel(
  { tfjs, name: backendName, device, engineVersion, threads }: TfjsBackend,
  { bundleDirectory, manifest }: LoadOptions,
): Promise<LoadedModel> {
  const model = await readModel(tfjs, join(bundleDirectory, manifest.model));
  const { input, output } = manifest;
  const imageValues = input.width * input.height * input.channels;
  const imageShape =
    input.layout === 'nchw' ? [input.channels, input.height, input.width] : [input.height, input.width, input.channels];
  return {
    engineVersion,
    device,
    threads,
    batchSize: input.fixedBatchSize ?? defaultBatchSize,
    async predict(values, count, extraOutputs = []) {
      // Another model may have been run on another backend in between.
      await tfjs.setBackend(backendName);
      const given = input.fixedBatchSize ?? count;
      const results = tfjs.tidy(() => {
        const images = tfjs.tensor(values.subarray(0, given * imageValues), [given, ...imageShape], 'float32');
        return run(tfjs, model, images, input.name, [output.name, ...extraOutputs]);
      });
      try {
        const read = async (tensor: Tensor) =>
          takeRows(Float64Array.from(await tensor.data()), tensor.shape, given, count);
        const [chosen, ...extras] = await Promise.all(results.map(read));
        if (!chosen) throw new Error(`The model has no output “${output.name}”.`);
        return { ...chosen, extras };
      } finally {
        for (const tensor of results) tensor.dispose();
      }
    },
    async release() {
      model.dispose();
    },
  };
}

async function readModel(tfjs: Tfjs, path: string): Promise<Model> {
  const file = modelFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const shards = file.weightsManifest
    .flatMap((group) => group.paths)
    .map((shard) => readFile(join(dirname(path), shard)));
  const bytes = Buffer.concat(await Promise.all(shards));
  const artifacts: io.ModelArtifacts = {
    modelTopology: file.modelTopology,
    weightSpecs: file.weightsManifest.flatMap((group) => group.weights),
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    ...(file.signature ? { signature: file.signature } : {}),
  };
  const source = tfjs.io.fromMemory(artifacts);
  return file.format === 'graph-model' ? await tfjs.loadGraphModel(source) : await tfjs.loadLayersModel(source);
}

/** What the model gives, or what its weights are, by name. */
function run(tfjs: Tfjs, model: Model, images: Tensor, inputName: string, names: readonly string[]): Tensor[] {
  const weights = new Map(names.map((name) => [name, findWeight(model, name)]));
  const computed = execute(
    tfjs,
    model,
    images,
    inputName,
    names.filter((name) => !weights.get(name)),
  );
  // A copy of a weight, since what is given is disposed of.
  return names.flatMap((name) => weights.get(name)?.clone() ?? computed.shift() ?? []);
}

function findWeight(model: Model, name: string): Tensor | undefined {
  if (!('layers' in model)) return model.weights[name]?.[0];
  return model.weights.find(({ originalName }) => originalName === name)?.read();
}

/**
 * A graph model is asked for its outputs by their names, since it may have many. A layers model gives all it has; with what
 * a layer of it gives, it is another model of the same layers.
 */
function execute(tfjs: Tfjs, model: Model, images: Tensor, inputName: string, names: readonly string[]): Tensor[] {
  if (!('layers' in model)) return list(model.execute({ [inputName]: images }, [...names]));
  const [outputName = '', ...layers] = names;
  if (layers.length === 0) return [chooseOutput(list(model.predict(images)), model, outputName)];
  const outputs = layers.flatMap((name) => model.getLayer(name).output);
  const chosen = chooseOutput(model.outputs, model, outputName);
  return list(tfjs.model({ inputs: model.inputs, outputs: [chosen, ...outputs] }).predict(images));
}

function list(outputs: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** The only output has any name. */
function chooseOutput<T>(outputs: readonly T[], model: LayersModel, name: string): T {
  const chosen = outputs.length === 1 ? outputs[0] : outputs[model.outputNames.indexOf(name)];
  if (!chosen) throw new Error(`The model has no output “${name}”.`);
  return chosen;
}
