import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type LoadedModel, type LoadOptions, type Output, takeRows } from '../engine.js';
import { nameEngine } from '../name-engine.js';

type Provider =
  | InferenceSession.CudaExecutionProviderOption
  | InferenceSession.WebGpuExecutionProviderOption
  | InferenceSession.CpuExecutionProviderOption;

/**
 * A model in ONNX Runtime: with all its operations on the GPU, if that has them all, else as a mixture. What works out
 * shapes is such a mixture, and fast; what copies images to and fro between layers is slower than no GPU.
 */
export async function loadOnGpu(provider: Provider, options: LoadOptions): Promise<LoadedModel> {
  try {
    return await loadOnnxModel(provider, options, { disable_cpu_ep_fallback: '1' });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('assigned to the default CPU EP'))) throw error;
    return { ...(await loadOnnxModel(provider, options)), isMixed: true };
  }
}

/** @param session - entries of a session's configuration that onnxruntime-node has no name of its own for */
export async function loadOnnxModel(
  provider: Provider,
  { bundleDirectory, manifest, threads }: LoadOptions,
  session: Readonly<Record<string, string>> = {},
): Promise<LoadedModel> {
  const engine = await InferenceSession.create(join(bundleDirectory, manifest.model), {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // Else its threads spin for some 30 ms after each batch, on cores that its results are written by.
    extra: { session: { force_spinning_stop: '1', ...session } },
  });
  const { input, output } = manifest;
  const imageValues = input.width * input.height * input.channels;
  const imageShape =
    input.layout === 'nchw' ? [input.channels, input.height, input.width] : [input.height, input.width, input.channels];
  return {
    engineVersion: nameEngine('onnx', provider.name),
    device: provider.name,
    threads,
    isMixed: false,
    async predict(values, count, extraOutputs = []) {
      // A model of a fixed batch gets all its places; what stands in those beyond `count` is not read.
      const given = input.fixedBatchSize ?? count;
      const tensor = new Tensor('float32', values.subarray(0, given * imageValues), [given, ...imageShape]);
      const outputs = await engine.run({ [input.name]: tensor }, [output.name, ...extraOutputs]);
      const read = (name: string) => readOutput(outputs[name], name, given, count);
      return { ...(await read(output.name)), extras: await Promise.all(extraOutputs.map(read)) };
    },
    release: () => engine.release(),
  };
}

async function readOutput(result: Tensor | undefined, name: string, given: number, count: number): Promise<Output> {
  if (!result) throw new Error(`The model gave no output “${name}”.`);
  if (result.type === 'string') throw new Error(`The output “${name}” is text, not numbers.`);
  const numbers = Float64Array.from((await result.getData()) as ArrayLike<number>, Number);
  return takeRows(numbers, result.dims, given, count);
}
