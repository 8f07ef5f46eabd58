import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { HoldoutError } from '@holdout/contracts';
import type { VisibleGpu } from '../engines/engine.js';
import { loadModel, type PlacedModel, prepareEngine } from '../engines/load-model.js';
import { countPixelBytes } from '../images/pixel-format.js';
import {
  type ExplainRequest,
  gpuWords,
  type LoadRequest,
  messageDescriptor,
  type RunMessage,
  requestSchema,
} from '../protocol.js';
import { BatchSizes } from './batch-sizes.js';
import { openBatchSource } from './batch-source.js';
import { explainImages } from './explain/explain-images.js';
import { ModelRunner } from './model-runner.js';
import { readProbabilities } from './read-probabilities.js';
import { warmUpRequests } from './warm-up-requests.js';

// The program that runs a bundle's model: requests in, messages out, and nothing else of ours in reach.

/** So many batches are made ready ahead of those that the engine works on. */
const lookAhead = 2;

interface Loading {
  readonly request: LoadRequest;
  readonly placed: Promise<PlacedModel>;
  readonly sizes: BatchSizes;
  readonly startedAt: number;
  readonly emptyBytes: number;
  loadSeconds: number | null;
  runner: ModelRunner | null;
}

let loading: Loading | null = null;
// ONNX Runtime would report that it is used; without a network it can't, and says so in the team's log.
process.env.ORT_DISABLE_TELEMETRY = '1';
const batches = openBatchSource((imagesRead) => send({ kind: 'read', imagesRead }));
const gpu = await findGpu(process.argv[2]);
send({ kind: 'ready', adapter: gpu?.adapter?.name ?? null });
for await (const line of createInterface({ input: process.stdin })) {
  const request = requestSchema.parse(JSON.parse(line));
  // What goes wrong here goes wrong again, and is told, when a model is loaded.
  if (request.kind === 'prepare') prepare(request.engine);
  else if (request.kind === 'load') loading = startLoading(request);
  else if (request.kind === 'pixels') batches.add(request);
  // Not waited for: their images are still to come.
  else if (request.kind === 'predict') void predictImages(loading, request.imageCount).catch(endByFault);
  else void explain(loading, request).catch(endByFault);
}
// The pipe has ended: there is nothing more to do, or the parent is gone.
process.exit(0);

function prepare(engine: LoadRequest['manifest']['engine']): void {
  prepareEngine(engine).catch(() => {});
  warmUpRequests();
  batches.prepare();
}

/** Returns at once: while the model is loaded, the first images are made ready. */
function startLoading(request: LoadRequest): Loading {
  const { manifest, memoryLimitBytes } = request;
  const imageBytes = Float32Array.BYTES_PER_ELEMENT * countPixelBytes(manifest.input);
  const sizes = new BatchSizes({ imageBytes, memoryLimitBytes, readMemoryBytes: () => process.memoryUsage.rss() });
  const [startedAt, emptyBytes] = [performance.now(), process.memoryUsage.rss()];
  const placed = placeModel(request);
  const started: Loading = { request, placed, sizes, emptyBytes, startedAt, loadSeconds: null, runner: null };
  // A failure is said when the first prediction waits for the model.
  started.placed.catch(() => {});
  return started;
}

async function predictImages(from: Loading | null, imageCount: number): Promise<void> {
  if (!from) throw new Error('Asked to predict before a model was named.');
  const { input } = from.request.manifest;
  batches.begin(input, imageCount);
  // While the model is loaded.
  batches.orderAhead(input.fixedBatchSize ?? from.sizes.current, lookAhead);
  const runner = await finishLoading(from);
  const probabilities: number[] = [];
  const startedAt = performance.now();
  let waitedSeconds = 0;
  for (const underWay: UnderWay[] = []; probabilities.length < imageCount; ) {
    if (underWay.length === 0) await runner.consider(batches.left, batches.nextCount);
    while (underWay.length < runner.mostUnderWay && batches.left > 0) {
      batches.orderAhead(runner.batchSize, runner.mostUnderWay + lookAhead);
      const waitedFrom = performance.now();
      const batch = await batches.next();
      if (underWay.length === 0) waitedSeconds += secondsSince(waitedFrom);
      batches.orderAhead(runner.batchSize, runner.mostUnderWay + lookAhead);
      const predicting = asInference(() => runner.predict(batch));
      // A failure is thrown when its turn comes; until then it must not count as unhandled.
      predicting.catch(() => {});
      underWay.push({ predicting, count: batch.count });
    }
    const next = underWay.shift();
    if (!next) continue;
    const { prediction, batch } = await next.predicting;
    batches.giveBack(batch);
    const place = { first: probabilities.length, count: next.count, total: imageCount };
    probabilities.push(...readProbabilities(from.request.manifest.output, prediction.values, prediction.shape, place));
    send({ kind: 'progress', imagesDone: probabilities.length });
  }
  const inferenceSeconds = secondsSince(startedAt) - waitedSeconds;
  say(`${imageCount} images predicted in ${inferenceSeconds.toFixed(2)} s`);
  const placement = runner.describe();
  send({ kind: 'result', probabilities, placement, loadSeconds: from.loadSeconds ?? 0, inferenceSeconds });
}

interface UnderWay {
  readonly predicting: ReturnType<ModelRunner['predict']>;
  readonly count: number;
}

async function explain(from: Loading | null, { imageCount, method }: ExplainRequest): Promise<void> {
  if (!from) throw new Error('Asked to explain before a model was named.');
  const { manifest } = from.request;
  batches.begin(manifest.input, imageCount);
  await finishLoading(from);
  const { model } = await from.placed;
  const predict = (values: Float32Array, count: number, extraOutputs?: readonly string[]) =>
    asInference(() => model.predict(values, count, extraOutputs));
  const onProgress = (imagesDone: number) => send({ kind: 'progress', imagesDone });
  const maps = await explainImages({ manifest, imageCount, method, batches, predict, onProgress });
  send({ kind: 'explained', maps });
}

async function finishLoading(from: Loading): Promise<ModelRunner> {
  const { model, notices } = await from.placed;
  if (!from.runner) {
    from.loadSeconds = secondsSince(from.startedAt);
    const { engineVersion, device, threads } = model;
    for (const notice of notices) say(notice);
    say(`${engineVersion} on ${device}, ${threads} threads: loaded in ${from.loadSeconds.toFixed(2)} s`);
    from.runner = new ModelRunner(model, from.request, from.sizes, from.emptyBytes);
  }
  return from.runner;
}

/** Looked for before there is a bundle, which could speak for it. */
async function findGpu(word: string | undefined): Promise<VisibleGpu | null> {
  if (word === undefined) return null;
  const { findAdapter } = await import('../engines/webgpu/find-adapter.js');
  return { adapter: await findAdapter(), softwareWanted: word === gpuWords.software };
}

async function placeModel(request: LoadRequest): Promise<PlacedModel> {
  try {
    return await loadModel({ ...request, gpu });
  } catch (error) {
    throw new HoldoutError('model_load_failed', { detail: describeCause(error, request) });
  }
}

/** What fails here fails by the model. */
async function asInference<T>(predict: () => Promise<T>): Promise<T> {
  try {
    return await predict();
  } catch (error) {
    throw new HoldoutError('inference_failed', { detail: describeCause(error) });
  }
}

function endByFault(error: unknown): never {
  send(describeFault(error));
  process.exit(1);
}

function describeFault(error: unknown): RunMessage {
  if (error instanceof HoldoutError) return { kind: 'fault', code: error.code, detail: error.detail ?? '' };
  // An array of a batch that is too large to make: V8 says either.
  if (
    error instanceof Error &&
    error.name === 'RangeError' &&
    /Array buffer allocation failed|Invalid typed array length/.test(error.message)
  ) {
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
