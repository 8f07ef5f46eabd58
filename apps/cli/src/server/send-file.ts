import { type FileHandle, open } from 'node:fs/promises';
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../command-error.js';
import type { ServerConfig } from '../config.js';
import { authorise, explainUnreachable } from './request.js';

export interface FileToSend {
  /** A file on disk. */
  readonly archive: string;
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
  /** With how much of the file has been sent, from its beginning. */
  readonly onProgress: (sentBytes: number) => void;
}

interface SendOptions {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where in the file to begin. */
  readonly offset: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Without a byte in either direction; the server may take a while to check what it got. */
const longestSilenceMilliseconds = 10 * 60 * 1000;

/**
 * Sends a file from disk, or the rest of it, without holding it in memory. A refusal may come before all is sent: the
 * rest then stays here, and the refusal is what counts, not the broken connection. Node's own client is used rather than
 * fetch, which can't send a stream together with its length.
 *
 * @throws CommandError `server_unreachable` where the connection breaks, `file_unusable` where the file is changed
 */
export async function sendFile(config: ServerConfig, upload: FileToSend, options: SendOptions): Promise<Answer> {
  // Opened first: a file that can't be read is not the server's trouble. The stream closes it.
  const handle = await open(upload.archive);
  return await sendHandle(config, handle, upload, options).catch((error: unknown) => {
    upload.signal.throwIfAborted();
    throw error;
  });
}

function sendHandle(config: ServerConfig, handle: FileHandle, upload: FileToSend, options: SendOptions) {
  const { archive, sizeBytes, signal, onProgress } = upload;
  const { method, path, headers, offset } = options;
  const address = config.server + path;
  const send = address.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise<Answer>((done, fail) => {
    const request = send(address, {
      method,
      headers: { ...authorise(config), ...headers, 'content-length': sizeBytes - offset },
      signal,
    });
    const file = handle.createReadStream({ start: offset, end: Math.max(offset, sizeBytes - 1) });
    const cutOff = (cause: unknown) => fail(explainUnreachable(config, cause));
    let answered = false;
    request.once('response', (response) => {
      answered = true;
      readText(response)
        .then((text) => done({ status: response.statusCode ?? 0, headers: response.headers, text }), cutOff)
        // The server has made up its mind: what is not sent yet stays here.
        .finally(() => request.destroy());
    });
    request.setTimeout(longestSilenceMilliseconds, () => request.destroy(new Error('it does not answer')));
    // An answer that is on its way tells more than the connection that broke under it.
    request.on('error', (error) => answered || setTimeout(() => answered || cutOff(error), 200));
    // Where it has become shorter, the server would wait for the rest for ever.
    file.once('end', () => {
      if (file.bytesRead === sizeBytes - offset) return;
      fail(fileChanged(archive));
      request.destroy();
    });
    pipeline(file, countBytes(offset, onProgress), request).catch(() => {});
  });
}

function countBytes(offset: number, onProgress: (sentBytes: number) => void): Transform {
  let sentBytes = offset;
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
