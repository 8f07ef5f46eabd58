import { createReadStream } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Submission, submissionSchema } from '@holdout/contracts';
import type { ServerConfig } from '../config.js';
import { authorise, explainUnreachable, readAnswer } from './request.js';

interface Upload {
  readonly competition: string;
  readonly phase: string;
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
export async function uploadBundle(config: ServerConfig, upload: Upload): Promise<Submission> {
  const phase = `${encodeURIComponent(upload.competition)}/phases/${encodeURIComponent(upload.phase)}`;
  const address = `${config.server}/api/competitions/${phase}/submissions`;
  const { status, text } = await sendFile(address, authorise(config), upload).catch((cause: unknown) => {
    upload.signal.throwIfAborted();
    throw isFileError(cause) ? cause : explainUnreachable(config, cause);
  });
  return readAnswer(config, submissionSchema, status, text);
}

function sendFile(address: string, headers: Record<string, string>, upload: Upload) {
  const { archive, sizeBytes, signal, onProgress } = upload;
  const send = address.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise<{ status: number; text: string }>((done, fail) => {
    const request = send(address, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/octet-stream', 'content-length': sizeBytes },
      signal,
    });
    const file = createReadStream(archive, { end: Math.max(0, sizeBytes - 1) });
    let answered = false;
    request.once('response', (response) => {
      answered = true;
      readText(response)
        .then((text) => done({ status: response.statusCode ?? 0, text }), fail)
        // The server has made up its mind: what is not sent yet stays here.
        .finally(() => request.destroy());
    });
    request.setTimeout(longestSilenceMilliseconds, () => request.destroy(new Error('it does not answer')));
    // An answer that is on its way tells more than the connection that broke under it.
    request.on('error', (error) => answered || setTimeout(() => answered || fail(error), 200));
    file.once('error', (error) => {
      fail(error);
      request.destroy();
    });
    pipeline(file, countBytes(sizeBytes, onProgress), request).catch(() => {});
  });
}

/** Fails where the file has become shorter since its length was announced: the server would wait for the rest. */
function countBytes(sizeBytes: number, onProgress: (sentBytes: number) => void): Transform {
  let sentBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      sentBytes += chunk.length;
      onProgress(sentBytes);
      next(null, chunk);
    },
    flush(next) {
      next(sentBytes === sizeBytes ? null : new Error('the archive was changed while it was sent'));
    },
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  return text;
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'open' || error.syscall === 'read');
}
