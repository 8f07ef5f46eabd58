import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { HoldoutError } from '@holdout/contracts';
import { defaultBatchSize, type LoadedModel } from '../engines/engine.js';
import { loadModel, type PlacedModel } from '../engines/load-model.js';
import { ImageUnreadable, readBatches } from '../images/batches.js';
import {
  type ExplainRequest,
  type LoadRequest,
  messageDescriptor,
  type RunMessage,
  requestSchema,
} from '../protocol.js';
import { explainImages } from './explain/explain-images.js';
import { readProbabilities } from './read-probabilities.js';

// The program that runs a bundle's model: requests in, messages out, and nothing else of ours in reach.

interface Loading {
  readonly request: LoadRequest;
  readonly placed: Promise<PlacedModel>;
  readonly startedAt: number;
  loadSeconds: number | null;
}

let loading: Loading | null = null;
// ONNX Runtime would report that it is used; without a network it can't, and says so in the team's log.
process.env.ORT_DISABLE_TELEMETRY = '1';
send({ kind: 'ready' });
for await (const line of createInterface({ input: process.stdin })) {
  const request = requestSchema.parse(JSON.parse(line));
  try {
    if (request.kind === 'load') loading = startLoading(request);
    else if (loading && request.kind === 'predict') await predictImages(loading, request.images);
    else if (loading && request.kind === 'explain') await explain(loading, request);
    else throw new Error('Asked to predict before a model was named.');
  } catch (error) {
    send(describeFault(error));
    process.exit(1);
  }
}
// The pipe has ended: there is nothing more to do, or the parent is gone.
process.exit(0);

/** Returns at once: while the model is loaded, the first images are decoded. */
function startLoading(request: LoadRequest): Loading {
  const started: Loading = { request, placed: placeModel(request), startedAt: performance.now(), loadSeconds: null };
  // A failure is said when the first prediction waits for the model.
  started.placed.catch(() => {});
  return started;
}

async function predictImages(from: Loading, images: readonly string[]): Promise<void> {
  const { manifest } = from.request;
  const batches = readBatches(images, manifest.input, manifest.input.fixedBatchSize ?? defaultBatchSize);
  const model = await finishLoading(from);
  const { device, threads, batchSize } = model;
  const probabilities: number[] = [];
  let inferenceSeconds = 0;
  for await (const { first, count, values } of batches) {
    const predictedAt = performance.now();
    const output = await predict(model, values, count);
    inferenceSeconds += secondsSince(predictedAt);
    const batch = { first, count, total: images.length };
    probabilities.push(...readProbabilities(manifest.output, output.values, output.shape, batch));
    send({ kind: 'progress', imagesDone: probabilities.length });
  }
  say(`${images.length} images predicted in ${inferenceSeconds.toFixed(2)} s`);
  const placement = { device, threads, batchSize };
  send({ kind: 'result', probabilities, placement, loadSeconds: from.loadSeconds ?? 0, inferenceSeconds });
}

async function explain(from: Loading, { images, method }: ExplainRequest): Promise<void> {
  const { manifest } = from.request;
  const onProgress = (imagesDone: number) => send({ kind: 'progress', imagesDone });
  const loaded = () => finishLoading(from);
  const maps = await explainImages({ manifest, images, method, finishLoading: loaded, predict, onProgress });
  send({ kind: 'explained', maps });
}

async function finishLoading(from: Loading): Promise<LoadedModel> {
  const { model, notices } = await from.placed;
  if (from.loadSeconds === null) {
    from.loadSeconds = secondsSince(from.startedAt);
    const { engineVersion, device, threads } = model;
    for (const notice of notices) say(notice);
    say(`${engineVersion} on ${device}, ${threads} threads: loaded in ${from.loadSeconds.toFixed(2)} s`);
  }
  return model;
}

async function placeModel(request: LoadRequest): Promise<PlacedModel> {
  try {
    return await loadModel(request);
  } catch (error) {
    throw new HoldoutError('model_load_failed', { detail: describeCause(error, request) });
  }
}

async function predict(model: LoadedModel, values: Float32Array, count: number, extraOutputs?: readonly string[]) {
  try {
    return await model.predict(values, count, extraOutputs);
  } catch (error) {
    throw new HoldoutError('inference_failed', { detail: describeCause(error) });
  }
}

function describeFault(error: unknown): RunMessage {
  if (error instanceof HoldoutError) return { kind: 'fault', code: error.code, detail: error.detail ?? '' };
  if (error instanceof ImageUnreadable) return { kind: 'fault', code: 'internal', detail: error.message };
  // An array of a batch that is too large to make: V8 says either.
  if (error instanceof RangeError && /Array buffer allocation failed|Invalid typed array length/.test(error.message)) {
    return { kind: 'fault', code: 'memory_limit_exceeded', detail: 'A batch of its images is too large to be held.' };
  }
  return {
    kind: 'fault',
    code: 'internal',
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** The engine's own words, without the folders of this machine. */
function describeCause(error: unknown, request?: LoadRequest): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replaceAll(request ? `${request.bundleDirectory}/` : '\0', '').slice(0, 1000);
}

function say(line: string): void {
  send({ kind: 'log', line });
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
