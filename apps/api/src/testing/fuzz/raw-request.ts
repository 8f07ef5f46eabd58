import { connect } from 'node:net';

/** What came of a request: the status of the first answer, or that the connection was closed without one. */
export type RawAnswer = { readonly status: number; readonly text: string } | 'closed';

/**
 * Sends bytes as they are, and waits for the first answer or the end of the connection.
 *
 * @param endAfterMilliseconds - how long it waits before it says that nothing more comes. A request that promises more than
 *   it brings is never answered; and a server may drop one whose client says so before it is answered.
 * @throws Error where neither an answer nor an end comes in time
 */
export async function sendRaw(
  url: string,
  bytes: Uint8Array,
  { endAfterMilliseconds, deadlineMilliseconds }: { endAfterMilliseconds: number; deadlineMilliseconds: number },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const ending = setTimeout(() => socket.end(), endAfterMilliseconds);
  let text = '';
  try {
    return await new Promise<RawAnswer>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`There is neither an answer nor an end after ${deadlineMilliseconds} ms.`));
      }, deadlineMilliseconds);
      const settle = (answer: RawAnswer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        // An interim answer is none.
        const status = /^(?:HTTP\/1\.1 1\d\d [\s\S]*?\r\n\r\n)*HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
        if (status && !status.startsWith('1')) settle({ status: Number(status), text: text.slice(0, 2000) });
      });
      socket.once('end', () => settle('closed')).once('close', () => settle('closed'));
      // Refused connections are a server that is down; what it resets is closed.
      socket.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') reject(error);
        else settle('closed');
      });
      socket.write(bytes);
    });
  } finally {
    clearTimeout(ending);
    socket.destroy();
  }
}
