import { UnreachableError } from '../../../api/problem-error.js';
import { toError } from '../../../api/request.js';

/** How far an archive is: `sentShare` of 1, and then the server reads it. */
export interface SendingProgress {
  readonly sentShare: number;
}

interface SendOptions {
  readonly onProgress: (progress: SendingProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Sends an archive as the body of a request. `fetch` tells nobody how much of a body is on its way; this does.
 *
 * @throws ProblemError with every problem of the archive; UnreachableError; the signal's reason
 */
export function sendArchive(path: string, archive: File, { onProgress, signal }: SendOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open('POST', path);
    sending.setRequestHeader('content-type', contentTypeOf(archive.name));
    sending.setRequestHeader('accept', 'application/json');
    sending.upload.addEventListener('progress', ({ loaded, total }) => onProgress({ sentShare: loaded / total }));
    sending.addEventListener('error', () => reject(new UnreachableError('The connection broke.')));
    sending.addEventListener('abort', () => reject(signal.reason));
    sending.addEventListener('load', () => {
      const body = parse(sending.responseText);
      if (sending.status >= 200 && sending.status < 300) resolve(body);
      else reject(toError(body, { status: sending.status, url: path }));
    });
    signal.addEventListener('abort', () => sending.abort(), { once: true });
    sending.send(archive);
  });
}

function contentTypeOf(name: string): string {
  if (/\.zip$/i.test(name)) return 'application/zip';
  return /\.t?gz$/i.test(name) ? 'application/gzip' : 'application/octet-stream';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
