import { type FileHandle, open } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Submission, submissionSchema } from '@holdout/contracts';
import type { z } from 'zod';
import { CommandError } from '../command-error.js';
import type { ServerConfig } from '../config.js';
import { authorise, explainUnreachable, readAnswer } from './request.js';

interface BundleUpload extends Upload {
  readonly competition: string;
  readonly phase: string;
  /** Instead of the manifest's. */
  readonly name?: string | undefined;
  readonly stopOnWarning?: boolean;
}

interface Upload {
  /** A file on disk. */
  readonly archive: string;
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (sentBytes: number) => void;
}

/** Without a byte in either direction; the server may take a while to check what it got. */
const longestSilenceMilliseconds = 10 * 60 * 1000;

/**
 * Sends an archive from disk, without holding it in memory. A refusal may come before all is sent: the rest then stays
 * here, and the refusal is what counts, not the broken connection. Node's own client is used rather than fetch, which
 * can't send a stream together with its length.
 *
 * @throws CommandError with every reason why the server refused it
 */
export async function uploadBundle(config: ServerConfig, upload: BundleUpload): Promise<Submission> {
  const phase = `${encodeURIComponent(upload.competition)}/phases/${encodeURIComponent(upload.phase)}`;
  const query = new URLSearchParams();
  if (upload.name !== undefined) query.set('name', upload.name);
  if (upload.stopOnWarning) query.set('stopOnWarning', 'true');
  const path = `/api/competitions/${phase}/submissions${query.size > 0 ? `?${query}` : ''}`;
  return await uploadArchive(config, { ...upload, path, schema: submissionSchema });
}

/** The same to any address that takes an archive. */
export async function uploadArchive<T extends z.ZodType>(
  config: ServerConfig,
  upload: Upload & { readonly path: string; readonly schema: T },
): Promise<z.infer<T>> {
  // Opened first: an archive that can't be read is not the server's trouble. The stream closes it.
  const file = await open(upload.archive);
  const { status, text } = await sendFile(config, config.server + upload.path, file, upload).catch((error: unknown) => {
    upload.signal.throwIfAborted();
    throw error;
  });
  return readAnswer(config, upload.schema, status, text);
}

function sendFile(config: ServerConfig, address: string, handle: FileHandle, upload: Upload) {
  const { archive, sizeBytes, signal, onProgress } = upload;
  const send = address.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise<{ status: number; text: string }>((done, fail) => {
    const request = send(address, {
      method: 'POST',
      headers: { ...authorise(config), 'content-type': 'application/octet-stream', 'content-length': sizeBytes },
      signal,
    });
    const file = handle.createReadStream({ end: Math.max(0, sizeBytes - 1) });
    const cutOff = (cause: unknown) => fail(explainUnreachable(config, cause));
    let answered = false;
    request.once('response', (response) => {
      answered = true;
      readText(response)
        .then((text) => done({ status: response.statusCode ?? 0, text }), cutOff)
        // The server has made up its mind: what is not sent yet stays here.
        .finally(() => request.destroy());
    });
    request.setTimeout(longestSilenceMilliseconds, () => request.destroy(new Error('it does not answer')));
    // An answer that is on its way tells more than the connection that broke under it.
    request.on('error', (error) => answered || setTimeout(() => answered || cutOff(error), 200));
    // Where it has become shorter, the server would wait for the rest for ever.
    file.once('end', () => {
      if (file.bytesRead === sizeBytes) return;
      fail(fileChanged(archive));
      request.destroy();
    });
    pipeline(file, countBytes(onProgress), request).catch(() => {});
  });
}

function countBytes(onProgress: (sentBytes: number) => void): Transform {
  let sentBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      sentBytes += chunk.length;
      onProgress(sentBytes);
      next(null, chunk);
    },
  });
}

function fileChanged(archive: string): CommandError {
  const title = `${archive} was changed while it was sent.`;
  return new CommandError({ code: 'file_unusable', title, next: 'Send it again once it is finished.' });
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  return text;
}
