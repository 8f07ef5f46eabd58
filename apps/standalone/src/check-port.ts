import { createServer } from 'node:net';
import type { Options } from './options.js';

type CheckedOptions = Pick<Options, 'host' | 'port' | 'besidesPort'>;

/**
 * Makes sure that the address can be listened on, before anything is started.
 *
 * @throws Error with a sentence that says what to type.
 */
export async function checkPort({ host, port, besidesPort }: CheckedOptions): Promise<void> {
  await new Promise<void>((free, fail) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(new Error(explain(error.code, { host, port, besidesPort }))),
    );
    server.listen(port, host, () => server.close(() => free()));
  });
}

function explain(code: string | undefined, { host, port, besidesPort }: CheckedOptions): string {
  const another = (free: number) => `npm start -- --port ${free}${besidesPort}`;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program. Choose another: ${another(port === 65_535 ? 8080 : port + 1)}`;
  }
  if (code === 'EACCES') return `Port ${port} may only be used by root. Choose one above 1023: ${another(8080)}`;
  return `${host}:${port} can’t be listened on (${code}). Choose another with --host and --port.`;
}
