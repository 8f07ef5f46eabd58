import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/** What the thread is told of one file; messages of the same `id` are of the same file. */
export type HashingOrder =
  | {
      readonly id: number;
      readonly kind: 'follow' | 'end';
      readonly path: string;
      readonly toBytes: number;
      /** The last bytes before `toBytes`, in memory that is shared until they are `read`; the rest is in the file. */
      readonly last?: Uint8Array;
    }
  | { readonly id: number; readonly kind: 'forget' };

/** What it answers an `end` with; and that it has read the `last` of an order, one after the other. */
export type HashingAnswer =
  | ({ readonly id: number } & ({ readonly digest: string } | { readonly error: unknown }))
  | 'read';

interface Following {
  readonly hash: Hash;
  bytes: number;
  /** The first thing that went wrong; it is told at the end, and who asks again then has the file read from its beginning. */
  error?: unknown;
}

const buffer = Buffer.allocUnsafeSlow(256 * 1024);
const following = new Map<number, Following>();

parentPort?.on('message', (order: HashingOrder) => {
  const file = following.get(order.id) ?? { hash: createHash('sha256'), bytes: 0 };
  following.set(order.id, file);
  if (order.kind !== 'forget') catchUp(file, order);
  if ('last' in order) parentPort?.postMessage('read' satisfies HashingAnswer);
  if (order.kind === 'follow') return;
  following.delete(order.id);
  if (order.kind === 'end') parentPort?.postMessage(answer(order.id, file));
});

function catchUp(file: Following, { path, toBytes, last }: { path: string; toBytes: number; last?: Uint8Array }): void {
  if (file.error !== undefined) return;
  readFile(file, path, toBytes - (last?.byteLength ?? 0));
  if (file.error !== undefined || !last) return;
  file.hash.update(last);
  file.bytes += last.byteLength;
}

/** Opened for each order: between two of them its file is nobody's to keep open. */
function readFile(file: Following, path: string, toBytes: number): void {
  if (file.bytes >= toBytes) return;
  try {
    const descriptor = openSync(path, 'r');
    try {
      while (file.bytes < toBytes) {
        const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, toBytes - file.bytes), file.bytes);
        if (read === 0) throw new Error(`${path} ends after ${file.bytes} bytes, of which ${toBytes} were written.`);
        file.hash.update(buffer.subarray(0, read));
        file.bytes += read;
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    file.error = error;
  }
}

function answer(id: number, { hash, error }: Following): HashingAnswer {
  return error === undefined ? { id, digest: hash.digest('hex') } : { id, error };
}
