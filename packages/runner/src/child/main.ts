import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { HoldoutError } from '@holdout/contracts';
import type { LoadedModel, VisibleGpu } from '../engines/engine.js';
import { loadModel, type PlacedModel, prepareEngine } from '../engines/load-model.js';
import { countPixelBytes } from '../images/pixel-format.js';
import { gpuWords, type LoadRequest, messageDescriptor, type RunMessage, requestSchema } from '../protocol.js';
import { BatchSizes } from './batch-sizes.js';
import { openBatchSource } from './batch-source.js';
import { readProbabilities } from './read-probabilities.js';

// The program that runs a bundle's model: requests in, messages out, and nothing else of ours in reach.

/** So many batches are made ready ahead of the one that the engine works on. */
const lookAhead = 2;

interface Loading {
  readonly request: LoadRequest;
  readonly placed: Promise<PlacedModel>;
  readonly sizes: BatchSizes;
  readonly startedAt: number;
  loadSeconds: number | null;
}

let loading: Loading | null = null;
// ONNX Runtime would report that it is used; without a network it can't, and says so in the team's log.
process.env.ORT_DISABLE_TELEMETRY = '1';
const batches = openBatchSource();
const gpu = await findGpu(process.argv[2]);
send({ kind: 'ready', adapter: gpu?.adapter?.name ?? null });
for await (const line of createInterface({ input: process.stdin })) {
  const request = requestSchema.parse(JSON.parse(line));
  // What goes wrong here goes wrong again, and is told, when a model is loaded.
  if (request.kind === 'prepare') prepareEngine(request.engine).catch(() => {});
  else if (request.kind === 'load') loading = startLoading(request);
  else if (request.kind === 'pixels') batches.add(request);
  // Not waited for: its images are still to come.
  else void predictImages(loading, request.imageCount).catch(endByFault);
}
// The pipe has ended: there is nothing more to do, or the parent is gone.
process.exit(0);

/** Returns at once: while the model is loaded, the first images are made ready. */
function startLoading(request: LoadRequest): Loading {
  const { manifest, memoryLimitBytes } = request;
  const imageBytes = Float32Array.BYTES_PER_ELEMENT * countPixelBytes(manifest.input);
  const sizes = new BatchSizes({ imageBytes, memoryLimitBytes, readMemoryBytes: () => process.memoryUsage.rss() });
  const [placed, startedAt] = [placeModel(request), performance.now()];
  const started: Loading = { request, placed, sizes, startedAt, loadSeconds: null };
  // A failure is said when the first prediction waits for the model.
  started.placed.catch(() => {});
  return started;
}

async function predictImages(from: Loading | null, imageCount: number): Promise<void> {
  if (!from) throw new Error('Asked to predict before a model was named.');
  const { input, output: described } = from.request.manifest;
  const { sizes } = from;
  const ordered: number[] = [];
  let [left, done] = [imageCount, 0];
  const orderAhead = () => {
    while (left > 0 && ordered.length < lookAhead) {
      const size = input.fixedBatchSize ?? sizes.current;
      batches.order(Math.min(size, left), size);
      ordered.push(size);
      left -= Math.min(size, left);
    }
  };
  batches.begin(input);
  orderAhead();
  const model = await finishLoading(from);
  const probabilities: number[] = [];
  let inferenceSeconds = 0;
  while (done < imageCount) {
    const batch = await batches.next();
    const size = ordered.shift();
    const place = { first: done, count: batch.count, total: imageCount };
    done += batch.count;
    send({ kind: 'read', imagesRead: done });
    orderAhead();
    const predictedAt = performance.now();
    const output = await predict(model, batch.values, batch.count);
    const seconds = secondsSince(predictedAt);
    inferenceSeconds += seconds;
    if (batch.count === size) sizes.learn(size, seconds);
    batches.giveBack(batch);
    probabilities.push(...readProbabilities(described, output.values, output.shape, place));
    send({ kind: 'progress', imagesDone: probabilities.length });
  }
  say(`${imageCount} images predicted in ${inferenceSeconds.toFixed(2)} s`);
  const { device, threads } = model;
  const placement = { device, threads, batchSize: input.fixedBatchSize ?? sizes.fastest };
  send({ kind: 'result', probabilities, placement, loadSeconds: from.loadSeconds ?? 0, inferenceSeconds });
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

async function predict(model: LoadedModel, values: Float32Array, count: number) {
  try {
    return await model.predict(values, count);
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
