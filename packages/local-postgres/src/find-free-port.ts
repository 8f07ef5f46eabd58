import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

interface Wanted {
  /** So many are free, from the returned one on. */
  inARow?: number;
  lowest?: number;
  highest?: number;
}

// Above what browsers and fetch refuse (10080 is the last), and below what systems give to connections by themselves
// (Linux from 32768): such a port may be gone by the time that its server starts.
const usual = { lowest: 10_100, highest: 29_999 };
const mostTries = 200;

/**
 * A port of 127.0.0.1 at which nobody listens, for a server that must be told its port before it starts.
 *
 * @throws Error where none was found
 */
export async function findFreePort(wanted: Wanted = {}): Promise<number> {
  const { inARow, lowest, highest } = { inARow: 1, ...usual, ...wanted };
  for (let tries = 0; tries < mostTries; tries += 1) {
    const first = randomInt(lowest, highest - inARow + 2);
    const row = Array.from({ length: inARow }, (_, place) => first + place);
    const free = await Promise.all(row.map(isFree));
    if (!free.includes(false)) return first;
  }
  throw new Error(`No free port was found between ${lowest} and ${highest}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((found, fail) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // Windows keeps some for itself.
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') found(false);
      else fail(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => found(true)));
  });
}
