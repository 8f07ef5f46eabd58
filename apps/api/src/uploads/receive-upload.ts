import { Readable } from 'node:stream';
import { HoldoutError, makeSentence, showOverLimit } from '@holdout/contracts';
import type { Storage, StoredBlob } from '@holdout/storage';
import type { FastifyRequest } from 'fastify';
import { drainRequest } from './drain-request.js';
import { readDescription, type SubmissionDescription } from './read-description.js';
import { readFlow } from './read-flow.js';

export interface Upload {
  readonly digest: string;
  readonly sizeBytes: number;
  /** From a multipart form's fields; empty where the archive is the body. */
  readonly description: SubmissionDescription;
}

interface ReceiveOptions {
  readonly limitBytes: number;
  /** How long nothing may come. */
  readonly silenceSeconds: number;
}

/** A second file is let through to be refused here: the parser's own limit would cut off the first. */
const formLimits = { files: 2, fields: 10, fieldSize: 8 * 1024, parts: 12, fileSize: Number.MAX_SAFE_INTEGER };
/** What a multipart form may add to its file: boundaries, part headers and fields. */
const formOverheadBytes = 128 * 1024;

/**
 * Streams the archive of a request to storage while it is hashed; nothing of it is held in memory.
 *
 * @throws HoldoutError `upload_too_large`, `upload_incomplete`, `media_type_unsupported` or `request_invalid`.
 */
export async function receiveUpload(
  request: FastifyRequest,
  storage: Storage,
  { limitBytes, silenceSeconds }: ReceiveOptions,
): Promise<Upload> {
  const isForm = request.isMultipart();
  const announcedBytes = Number(request.headers['content-length'] ?? 0);
  if (announcedBytes > limitBytes + (isForm ? formOverheadBytes : 0)) throw tooLarge(limitBytes, announcedBytes);
  try {
    if (isForm) return await receiveForm(request, storage, { limitBytes, silenceSeconds });
    if (!(request.body instanceof Readable)) {
      throw new HoldoutError('media_type_unsupported', { detail: 'The request has no body.' });
    }
    return { ...(await storeArchive(storage, request.body, { limitBytes, silenceSeconds })), description: {} };
  } catch (error) {
    drainRequest(request.raw);
    throw error;
  }
}

async function receiveForm(request: FastifyRequest, storage: Storage, options: ReceiveOptions): Promise<Upload> {
  // The form's parser waits for a connection's end, which it does not see where that came before.
  if (request.raw.destroyed) throw new HoldoutError('upload_incomplete');
  const fields: Record<string, unknown> = {};
  let stored: StoredBlob | null = null;
  try {
    for await (const part of request.parts({ limits: formLimits })) {
      if (part.type === 'field') fields[part.fieldname] = part.value;
      else if (stored) throw new HoldoutError('request_invalid', { detail: 'The form has two files; expected one.' });
      else stored = await storeArchive(storage, part.file, options);
    }
  } catch (error) {
    if (isCutOff(error, request)) throw new HoldoutError('upload_incomplete', { cause: error });
    throw isMalformed(error) ? describeMalformed(error) : error;
  }
  if (!stored) throw new HoldoutError('request_invalid', { detail: 'The form has no file; expected exactly one.' });
  return { ...stored, description: readDescription(fields, 'form') };
}

function storeArchive(
  storage: Storage,
  source: Readable,
  { limitBytes, silenceSeconds }: ReceiveOptions,
): Promise<StoredBlob> {
  return storage.put(readUpload(source, silenceSeconds), { limitBytes });
}

/**
 * Passes the upload on, and tells a connection that was cut from a disk that failed. The source is not destroyed
 * when the reading stops: it is the caller's connection, which still has to carry the answer.
 */
async function* readUpload(source: Readable, silenceSeconds: number): AsyncGenerator<Uint8Array> {
  const chunks = source.iterator({ destroyOnReturn: false });
  const flow = readFlow(chunks, silenceSeconds);
  let stalled = false;
  try {
    for (;;) {
      const step = await flow.next().catch((cause) => {
        stalled = cause instanceof HoldoutError;
        throw stalled ? cause : new HoldoutError('upload_incomplete', { cause });
      });
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await flow.return(undefined);
    // While an iterator listens, the stream can't be resumed, and the rest would stay on the line. One that stalled is
    // left only when something comes.
    const left = chunks.return?.();
    if (!stalled) await left;
  }
}

/** The form's parser knows only that its end is missing; the connection knows that it was cut. */
function isCutOff(error: unknown, request: FastifyRequest): boolean {
  if (error instanceof HoldoutError) return false;
  return request.raw.destroyed || (error instanceof Error && /unexpected end|premature close/i.test(error.message));
}

/** What the form's parser says of a form that is none; it gives its errors no code. */
function isMalformed(error: unknown): error is Error {
  return error instanceof Error && /^(multipart|malformed)\b/i.test(error.message);
}

function describeMalformed(error: Error): HoldoutError {
  const detail = `The form can’t be read (${error.message}); let your tool set the content type, with its boundary.`;
  return new HoldoutError('request_invalid', { detail, cause: error });
}

/** @returns the refusal of an archive by its announced length */
export function tooLarge(limitBytes: number, foundBytes: number): HoldoutError {
  const [found, limit] = showOverLimit(foundBytes, limitBytes);
  return new HoldoutError('upload_too_large', { sentences: [makeSentence('upload_size', { found, limit })] });
}
