import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { findFreePort } from './find-free-port.js';
import { startLocalPostgres } from './start-local-postgres.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdout-postgres-'));
  folders.push(folder);
  return folder;
}

it('starts in a folder that only its owner may enter, stops, and finds its data again', async () => {
  const folder = await makeFolder();
  await chmod(folder, 0o700);
  const first = await startLocalPostgres({ directory: join(folder, 'postgres') });
  expect(await answers(first.port)).toBe(true);
  await first.stop();
  expect(await answers(first.port)).toBe(false);
  const second = await startLocalPostgres({ directory: join(folder, 'postgres') });
  expect(second.url('x').split('@')[0]).toBe(first.url('x').split('@')[0]);
  await second.stop();
});

it('takes another port where one is in use by the time that it starts, and none but the one that it was told', async () => {
  const other = createServer().listen(await findFreePort(), '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const taken = typeof address === 'object' && address ? address.port : 0;
  try {
    const directory = await makeFolder();
    const ports = [taken, await findFreePort()];
    const server = await startLocalPostgres({ directory }, async () => ports.shift() ?? 0);
    expect(ports).toEqual([]);
    expect(await answers(server.port)).toBe(true);
    expect(server.port).not.toBe(taken);
    await server.stop();
    await expect(startLocalPostgres({ directory, port: taken })).rejects.toThrow(/did not start.*in use/s);
  } finally {
    other.close();
  }
});

it('ends with the process that started it, also when that is killed', async () => {
  const folder = await makeFolder();
  const script = `
    const { startLocalPostgres } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const server = await startLocalPostgres({ directory: ${JSON.stringify(join(folder, 'postgres'))} });
    console.log(server.port);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = Number(await new Promise<string>((done) => child.stdout.once('data', (data) => done(String(data)))));
  expect(await answers(port)).toBe(true);
  child.kill('SIGKILL');
  for (let tries = 0; tries < 300 && (await answers(port)); tries += 1) await sleep(100);
  expect(await answers(port)).toBe(false);
});

it('says why it did not start', async () => {
  const folder = await makeFolder();
  const server = await startLocalPostgres({ directory: folder });
  await server.stop();
  await writeFile(join(folder, 'data', 'PG_VERSION'), '9.6\n');
  await expect(startLocalPostgres({ directory: folder })).rejects.toThrow(/did not start.*9\.6/s);
});

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('close', () => socket.destroy());
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
