import { parentPort, workerData } from 'node:worker_threads';
import { loadModel } from '../engines/load-model.js';
import type { Batch } from './batch-source.js';
import type { CopyAnswer, CopyRequest } from './copies.js';

// The thread of one copy of a model: batches in, predictions out, one at a time.

const { model } = await loadModel({ ...(workerData as CopyRequest), gpu: null });
parentPort?.on('message', (batch: Batch) => void answer(batch));
say({ kind: 'ready' });

async function answer({ count, values }: Batch): Promise<void> {
  try {
    const { values: numbers, shape, extras } = await model.predict(values, count);
    // As plain numbers: what an engine gives may lie in memory of its own.
    const prediction = { values: Float64Array.from(numbers), shape: [...shape], extras };
    say({ kind: 'predicted', prediction, values }, [values.buffer as ArrayBuffer]);
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

function say(message: CopyAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
