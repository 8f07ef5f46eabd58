import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { findFreePort } from './find-free-port.js';

async function occupy(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
}

it('finds one that can be listened at, and that no connection is given meanwhile', async () => {
  const port = await findFreePort();
  expect(port).toBeLessThan(32_768);
  await occupy(port);
});

it('passes over what is in use', async () => {
  // From where nobody else draws.
  const lowest = await findFreePort({ inARow: 4, lowest: 30_000, highest: 32_700 });
  await occupy(lowest + 1);
  const among = { lowest, highest: lowest + 3 };
  for (let times = 0; times < 20; times += 1) expect(await findFreePort(among)).not.toBe(lowest + 1);
  expect(await findFreePort({ ...among, inARow: 2 })).toBe(lowest + 2);
  await expect(findFreePort({ ...among, inARow: 3 })).rejects.toThrow('No free port was found between');
});
