import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { type Normalisation, normalisePixels } from '../images/normalise-pixels.js';
import { countPixelBytes } from '../images/pixel-format.js';
import type { FillerAnswer, FillerRequest } from './batch-source.js';

// The thread that makes batches of decoded images: read from their files, and normalised. The engine keeps the first thread
// of the process to itself while it computes, so that nothing can be made ready there.

type Input = Extract<FillerRequest, { kind: 'begin' }>['input'];
type Extent = Extract<FillerRequest, { kind: 'pixels' }>;
type Order = Extract<FillerRequest, { kind: 'fill' }>;

const warmUpImages = 100;
const warmUpSide = 64;
const warmUpInputs: readonly Normalisation[] = [
  { channels: 3, layout: 'nchw', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  { channels: 1, layout: 'nchw', scale: 1 / 255, mean: [0.5], std: [0.5] },
];

let input: Input | null = null;
const extents: Extent[] = [];
const orders: Order[] = [];
let bytes = Buffer.alloc(0);
let opened: { path: string; descriptor: number } | null = null;
/** Images of the order under way that are in its batch already. */
let filled = 0;
/** Of the list. */
let read = 0;
let values: Float32Array<ArrayBuffer> | null = null;

parentPort?.on('message', (request: FillerRequest) => {
  try {
    if (request.kind === 'begin') [input, read] = [request.input, 0];
    else if (request.kind === 'pixels') extents.push({ ...request });
    else if (request.kind === 'fill') orders.push(request);
    else warmUp();
    work();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ kind: 'failed', name, message });
  }
});

/** V8 compiles what has run often: the first images of a bundle need not be those that it learns by. */
function warmUp(): void {
  const [pixels, numbers] = [Buffer.alloc(3 * warmUpSide ** 2), new Float32Array(3 * warmUpSide ** 2)];
  for (const input of warmUpInputs) {
    for (let image = 0; image < warmUpImages; image += 1) normalisePixels(pixels, input, numbers, 0);
  }
}

/** As far as orders, and decoded images for them, go. */
function work(): void {
  for (let order = orders[0]; order && input; order = orders[0]) {
    const imageBytes = countPixelBytes(input);
    const length = order.size * imageBytes;
    values ??= order.room && order.room.length >= length ? order.room : new Float32Array(length);
    for (let extent = extents[0]; extent && filled < order.count; extent = extents[0]) {
      readImage(extent, imageBytes);
      normalisePixels(bytes, input, values, filled * imageBytes);
      filled += 1;
      read += 1;
      extent.place += 1;
      extent.count -= 1;
      if (extent.count === 0) extents.shift();
    }
    // Said before a batch is full: what is shown ahead may be less than a batch.
    say({ kind: 'read', images: read });
    if (filled < order.count) return;
    orders.shift();
    say({ kind: 'filled', batch: { count: filled, values } }, [values.buffer]);
    filled = 0;
    values = null;
  }
}

function say(answer: FillerAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, transfer);
}

/** Into `bytes`. The kernel has what was decoded or read lately in memory: this waits for no disk, as a rule. */
function readImage({ path, place }: Extent, imageBytes: number): void {
  if (bytes.length !== imageBytes) bytes = Buffer.allocUnsafeSlow(imageBytes);
  if (opened?.path !== path) {
    if (opened) closeSync(opened.descriptor);
    opened = { path, descriptor: openSync(path, 'r') };
  }
  for (let done = 0; done < imageBytes; ) {
    const read = readSync(opened.descriptor, bytes, done, imageBytes - done, place * imageBytes + done);
    if (read === 0) throw new Error('A file of decoded images is too short.');
    done += read;
  }
}
