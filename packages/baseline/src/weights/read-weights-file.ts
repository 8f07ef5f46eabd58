import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { BaselineError } from '../baseline-error.js';
import { decodeGraph, type OnnxTensor, onnxTypes } from '../onnx/onnx-schema.js';
import { type GraphLayer, listOnnxLayers, listTfjsLayers } from './graph-layers.js';
import { type NamedTensor, readSafetensors } from './safetensors.js';

/** What a file holds of a network. */
interface WeightsFile {
  /** All tensors of numbers, by the names that they have there. */
  readonly tensors: readonly NamedTensor[];
  /** In the order in which an image passes them; empty where the file does not tell. */
  readonly layers: readonly GraphLayer[];
}

const readers: Readonly<Record<string, (path: string) => Promise<WeightsFile>>> = {
  '.safetensors': async (path) => ({ tensors: readSafetensors(await readFile(path)).tensors, layers: [] }),
  '.onnx': async (path) => {
    const graph = decodeGraph(await readFile(path));
    const tensors = graph.initializer.flatMap((tensor) => readOnnxTensor(tensor) ?? []);
    return { tensors, layers: listOnnxLayers(graph) };
  },
  '.json': readTfjs,
};

/**
 * Reads the weights in a file of safetensors, ONNX or TF.js (its model.json).
 *
 * @throws BaselineError where it is none of these, or damaged; the file system's error where there is no file
 */
export async function readWeightsFile(path: string): Promise<WeightsFile> {
  const read = readers[extname(path).toLowerCase()];
  if (!read) {
    const next = 'Give --weights a file.safetensors, a file.onnx or the model.json of TF.js.';
    throw new BaselineError(`${path} is of no kind that weights are read from.`, next);
  }
  try {
    return await read(path);
  } catch (cause) {
    if (cause instanceof BaselineError || (cause instanceof Error && 'code' in cause)) throw cause;
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new BaselineError(`${path} can’t be read: ${words}.`, 'Write or download it anew.', { cause });
  }
}

/** Null for what is not learned: shapes and margins are whole numbers. */
function readOnnxTensor({
  name,
  dims,
  data_type,
  raw_data,
  float_data,
  data_location,
}: OnnxTensor): NamedTensor | null {
  if (data_type === onnxTypes.float16 || data_type === onnxTypes.double) {
    throw new Error(`${name} has numbers of 16 or 64 bits; expected 32`);
  }
  if (data_type !== onnxTypes.float) return null;
  if (data_location === 1) throw new Error(`${name} lies in a file of its own; expected it inside`);
  const values =
    raw_data && raw_data.length > 0
      ? new Float32Array(new Uint8Array(raw_data).buffer)
      : Float32Array.from(float_data ?? []);
  return { name, shape: dims, values };
}

const modelFileSchema = z.object({
  modelTopology: z.unknown(),
  weightsManifest: z.array(
    z.object({ paths: z.array(z.string()), weights: z.array(z.custom<io.WeightsManifestEntry>()) }),
  ),
});

async function readTfjs(path: string): Promise<WeightsFile> {
  const { modelTopology, weightsManifest } = modelFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const tensors: NamedTensor[] = [];
  for (const { paths, weights } of weightsManifest) {
    const shards = await Promise.all(paths.map((shard) => readFile(join(dirname(path), shard))));
    const bytes = new Uint8Array(Buffer.concat(shards));
    for (const [name, tensor] of Object.entries(io.decodeWeights(bytes.buffer, weights))) {
      tensors.push({ name, shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) });
      tensor.dispose();
    }
  }
  return { tensors, layers: listTfjsLayers(modelTopology, tensors) };
}
