import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import sharp from 'sharp';
import { decodeImage } from '../decode-image.js';
import { type DecoderAnswer, type NumberedRequest, sealBytes } from './decoder-protocol.js';

// The program that decodes images for all bundles. It has no sandbox: what it reads is the organiser's. It is a process of
// its own, so that a decoder that crashes takes neither the worker along nor a bundle.

process.on('message', (request: NumberedRequest) => void answer(request));
process.on('disconnect', () => process.exit(0));
// A terminal's Ctrl-C is for the worker, which lets us go when it is done.
process.on('SIGINT', () => {});

async function answer(request: NumberedRequest): Promise<void> {
  const { id } = request;
  try {
    const result = await work(request);
    say({ id, ...(result === undefined ? {} : { result }) });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const kind = error instanceof ImageError ? 'image' : 'disk';
    say({ id, error: { kind, message, code } });
  }
}

function say(message: DecoderAnswer): void {
  // Where nobody hears it any more, `disconnect` says so.
  process.send?.(message, () => {});
}

class ImageError extends Error {}

async function work(request: NumberedRequest): Promise<DecoderAnswer['result']> {
  if (request.kind === 'version') return `${process.arch} ${JSON.stringify(sharp.versions)}`;
  if (request.kind === 'verify') return await isWhole(request.target, request.bytes);
  if (request.kind === 'seal') {
    await withFile(request.target, 'r+', async (file) => {
      await file.write(await hash(file, request.bytes), 0, sealBytes, request.bytes);
      await file.sync();
    });
    return;
  }
  const pixels = await decodeImage(request.source, request.format).catch((cause) => {
    throw new ImageError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  await withFile(request.target, 'r+', async (file) => {
    for (let done = 0; done < pixels.length; ) {
      done += (await file.write(pixels, done, pixels.length - done, request.offset + done)).bytesWritten;
    }
  });
}

async function isWhole(path: string, bytes: number): Promise<boolean> {
  return await withFile(path, 'r', async (file) => {
    const { size } = await file.stat();
    if (size !== bytes + sealBytes) return false;
    const { buffer } = await file.read(Buffer.alloc(sealBytes), 0, sealBytes, bytes);
    return buffer.equals(await hash(file, bytes));
  });
}

/** The sha256 of a file's first bytes. */
async function hash(file: FileHandle, bytes: number): Promise<Buffer> {
  const sha256 = createHash('sha256');
  const chunks = file.createReadStream({ autoClose: false, start: 0, end: bytes - 1, highWaterMark: 256 * 1024 });
  for await (const chunk of chunks) sha256.update(chunk);
  return sha256.digest();
}

async function withFile<T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
