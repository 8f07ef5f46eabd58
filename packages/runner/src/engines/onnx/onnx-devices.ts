import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  defaultBatchSize,
  type EngineDevice,
  type LoadedModel,
  type LoadOptions,
  type Output,
  takeRows,
} from '../engine.js';
import { nameEngine } from '../name-engine.js';

/** ONNX Runtime's devices, the fastest first. */
export const onnxDevices: readonly EngineDevice[] = [{ kind: 'cpu', load: (options) => loadOnnxModel(options) }];

async function loadOnnxModel({ bundleDirectory, manifest, threads }: LoadOptions): Promise<LoadedModel> {
  const session = await InferenceSession.create(join(bundleDirectory, manifest.model), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  });
  const { input, output } = manifest;
  const imageValues = input.width * input.height * input.channels;
  const imageShape =
    input.layout === 'nchw' ? [input.channels, input.height, input.width] : [input.height, input.width, input.channels];
  return {
    engineVersion: nameEngine('onnx'),
    device: 'cpu',
    threads,
    batchSize: input.fixedBatchSize ?? defaultBatchSize,
    async predict(values, count, extraOutputs = []) {
      // A model of a fixed batch gets all its places; what stands in those beyond `count` is not read.
      const given = input.fixedBatchSize ?? count;
      const tensor = new Tensor('float32', values.subarray(0, given * imageValues), [given, ...imageShape]);
      const outputs = await session.run({ [input.name]: tensor }, [output.name, ...extraOutputs]);
      const read = (name: string) => readOutput(outputs[name], name, given, count);
      return { ...(await read(output.name)), extras: await Promise.all(extraOutputs.map(read)) };
    },
    release: () => session.release(),
  };
}

async function readOutput(result: Tensor | undefined, name: string, given: number, count: number): Promise<Output> {
  if (!result) throw new Error(`The model gave no output “${name}”.`);
  if (result.type === 'string') throw new Error(`The output “${name}” is text, not numbers.`);
  const numbers = Float64Array.from((await result.getData()) as ArrayLike<number>, Number);
  return takeRows(numbers, result.dims, given, count);
}
