import { request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

interface Sending {
  readonly method: 'PUT' | 'POST' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  /** Sent again and again, up to `sizeBytes`. */
  readonly piece: Buffer;
  readonly status: number;
}

/** Sends so many bytes, and waits for the answer. @returns bytes a second @throws Error where the answer has another status */
export async function sendBytes(url: string, { method, headers, sizeBytes, piece, status }: Sending): Promise<number> {
  const startedAt = performance.now();
  const sending = request(url, { method, agent: false, headers: { ...headers, 'content-length': sizeBytes } });
  const answered = new Promise<void>((resolve, reject) => {
    sending.on('error', reject).once('response', (response) => {
      void text(response).then((body) => {
        if (response.statusCode === status) resolve();
        else reject(new Error(`${method} ${url} answered ${response.statusCode}: ${body}`));
      }, reject);
    });
  });
  function* pieces() {
    for (let left = sizeBytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
  }
  await Promise.all([pipeline(Readable.from(pieces()), sending), answered]);
  return (sizeBytes / (performance.now() - startedAt)) * 1000;
}
