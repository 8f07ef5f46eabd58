import { writeSync } from 'node:fs';
import { HoldoutError } from '@holdout/contracts';
import type { LoadedModel } from '../engines/engine.js';
import { ImageUnreadable, readBatches } from '../images/batches.js';
import { messageDescriptor, type RunMessage, type RunRequest, requestSchema } from '../protocol.js';
import { readProbabilities } from './read-probabilities.js';

// The program that runs a bundle's model: one request in, messages out, and nothing else of ours in reach.
readRequest(async (request) => {
  try {
    await run(request);
    process.exit(0);
  } catch (error) {
    send(describeFault(error));
    process.exit(1);
  }
});

async function run(request: RunRequest): Promise<void> {
  const { manifest, images } = request;
  const startedAt = performance.now();
  const model = await loadModel(request);
  const loadSeconds = secondsSince(startedAt);
  const { engineVersion, device, threads, batchSize } = model;
  process.stdout.write(`${engineVersion} on ${device}, ${threads} threads: loaded in ${loadSeconds.toFixed(2)} s\n`);

  const probabilities: number[] = [];
  let inferenceSeconds = 0;
  for await (const { first, count, values } of readBatches(images, manifest.input, batchSize)) {
    const predictedAt = performance.now();
    const output = await predict(model, values, count);
    inferenceSeconds += secondsSince(predictedAt);
    const batch = { first, count, total: images.length };
    probabilities.push(...readProbabilities(manifest.output, output.values, output.shape, batch));
    send({ kind: 'progress', imagesDone: probabilities.length });
  }
  const provenance = { engine: manifest.engine, engineVersion, device, threads, batchSize };
  process.stdout.write(`${images.length} images predicted in ${inferenceSeconds.toFixed(2)} s\n`);
  send({ kind: 'result', probabilities, provenance, loadSeconds, inferenceSeconds });
}

/** Each engine is imported only where it is needed: both together would take twice the memory and time. */
async function loadModel(request: RunRequest): Promise<LoadedModel> {
  try {
    if (request.manifest.engine === 'onnx') return await (await import('../engines/onnx.js')).loadOnnxModel(request);
    return await (await import('../engines/tfjs.js')).loadTfjsModel(request);
  } catch (error) {
    throw new HoldoutError('model_load_failed', { detail: describeCause(error, request) });
  }
}

async function predict(model: LoadedModel, values: Float32Array, count: number) {
  try {
    return await model.predict(values, count);
  } catch (error) {
    throw new HoldoutError('inference_failed', { detail: describeCause(error) });
  }
}

function describeFault(error: unknown): RunMessage {
  if (error instanceof HoldoutError) return { kind: 'fault', code: error.code, detail: error.detail ?? '' };
  if (error instanceof ImageUnreadable) return { kind: 'fault', code: 'internal', detail: error.message };
  return {
    kind: 'fault',
    code: 'internal',
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** The engine's own words, without the folders of this machine. */
function describeCause(error: unknown, request?: RunRequest): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replaceAll(request ? `${request.bundleDirectory}/` : '\0', '').slice(0, 1000);
}

/** The request is the first line; when the pipe ends, the parent is gone and so are we. */
function readRequest(start: (request: RunRequest) => Promise<void>): void {
  let text = '';
  let started = false;
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    if (started) return;
    text += chunk;
    if (!text.includes('\n')) return;
    started = true;
    void start(requestSchema.parse(JSON.parse(text)));
  });
  process.stdin.on('end', () => process.exit(1));
}

/** Written at once, so that nothing is lost when the process ends right after. */
function send(message: RunMessage): void {
  let bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(messageDescriptor, bytes));
    } catch (error) {
      // The pipe is full: the parent will read on.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
