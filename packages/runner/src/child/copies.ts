import { Worker } from 'node:worker_threads';
import { type Device, findKind, type Prediction, processorKinds } from '../engines/engine.js';
import type { LoadRequest } from '../protocol.js';
import type { Batch } from './batch-source.js';

/** What the thread of a copy is started with. */
export type CopyRequest = Pick<LoadRequest, 'bundleDirectory' | 'manifest' | 'threads' | 'devices'>;

/** What it answers: that it is ready, and then to each batch. */
export type CopyAnswer =
  | { kind: 'ready' }
  | { kind: 'predicted'; prediction: Prediction; values: Float32Array<ArrayBuffer> }
  | { kind: 'failed'; message: string };

/** Copies of a model in threads of their own, each on its share of the processor. */
export interface Copies {
  readonly count: number;
  /**
   * Predicts a batch on the first copy that has nothing to do.
   *
   * @returns the prediction, and the batch's array, which was away meanwhile
   * @throws Error with the engine's own words
   */
  predict(batch: Batch): Promise<{ prediction: Prediction; values: Float32Array<ArrayBuffer> }>;
  close(): Promise<void>;
}

/** A GPU is one's own; and TensorFlow's library can be opened by one thread of a process only. */
export function mayBeCopied(engine: LoadRequest['manifest']['engine'], device: Device): boolean {
  if (engine === 'tfjs' && device === 'cpu') return false;
  return processorKinds.includes(findKind(device));
}

/** @throws Error with the engine's own words where one can't be loaded */
export async function loadCopies(request: CopyRequest, count: number): Promise<Copies> {
  const threads = Array.from({ length: count }, () => startThread(request));
  const close = async () => void (await Promise.all(threads.map((thread) => thread.terminate())));
  try {
    await Promise.all(threads.map((thread) => hear(thread)));
  } catch (error) {
    await close();
    throw error;
  }
  const idle = [...threads];
  const waiting: ((thread: Worker) => void)[] = [];
  const free = (thread: Worker) => {
    const next = waiting.shift();
    if (next) next(thread);
    else idle.push(thread);
  };
  return {
    count,
    async predict({ count: imageCount, values }) {
      const thread = idle.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
      thread.postMessage({ count: imageCount, values }, [values.buffer]);
      const answer = await hear(thread);
      free(thread);
      if (answer.kind !== 'predicted') throw new Error('A copy of the model answered something else.');
      return answer;
    },
    close,
  };
}

function startThread(request: CopyRequest): Worker {
  return new Worker(new URL('./copy.js', import.meta.url), { workerData: request });
}

/** The next that a copy says. */
function hear(thread: Worker): Promise<CopyAnswer> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      thread.off('message', onMessage);
      thread.off('error', onError);
    };
    const onMessage = (answer: CopyAnswer) => {
      settle();
      if (answer.kind === 'failed') reject(new Error(answer.message));
      else resolve(answer);
    };
    const onError = (error: Error) => {
      settle();
      reject(error);
    };
    thread.on('message', onMessage);
    thread.on('error', onError);
  });
}
