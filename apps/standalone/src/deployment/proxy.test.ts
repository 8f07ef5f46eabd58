import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '@holdout/local-postgres';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { repository } from './testing/build-image.js';

const run = promisify(execFile);

let folder: string;
let caddy: ChildProcess;
let words = '';
let port: number;
let server: Server;
/** What has come through, in all. */
let received = 0;
let endEvents = () => {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-proxy-'));
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = await findFreePort();
  await cp(join(repository, 'deploy/caddy'), join(folder, 'caddy'), { recursive: true });
  await writeFile(join(folder, 'caddy/tls/own.caddy'), 'tls internal\n');
  // Around the file itself: what would need root, or the whole machine.
  const own = `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\nimport caddy/Caddyfile\n`;
  await writeFile(join(folder, 'Caddyfile'), own);
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    ...{ HOLDOUT_DOMAIN: `localhost:${port}`, HOLDOUT_API_NAME: 'localhost' },
    HOLDOUT_API_PORT: String((server.address() as AddressInfo).port),
  };
  const config = ['--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  await run('caddy', ['validate', ...config], { env });
  caddy = spawn('caddy', ['run', ...config], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  caddy.stderr?.on('data', (chunk) => (words += String(chunk)));
  await vi.waitFor(() => ask('/'), { timeout: 60_000, interval: 100 });
});
afterAll(async () => {
  // Asked to, it would wait for what a test has left open.
  caddy?.kill('SIGKILL');
  if (caddy?.exitCode === null && caddy.signalCode === null) await once(caddy, 'exit');
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A server that tells what reaches it. */
const answer: NonNullable<Parameters<typeof createServer>[1]> = (incoming, reply) => {
  if (incoming.url === '/events') {
    reply.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
    endEvents = () => reply.end('data: last\n\n');
    return;
  }
  received = 0;
  incoming.on('data', (chunk: Buffer) => (received += chunk.length));
  incoming.on('end', () => reply.end(JSON.stringify({ received, headers: incoming.headers })));
};

function send(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return request({ host: 'localhost', port, path, rejectUnauthorized: false, ...options });
}

async function ask(path: string, headers: Record<string, string> = {}) {
  const asked = send(path, { headers });
  asked.end();
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  return await readJson(reply);
}

async function readJson(reply: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (reply.statusCode !== 200) throw new Error(`${reply.statusCode} ${text} ${words.slice(-500)}`);
  return JSON.parse(text) as { received: number; headers: Record<string, string> };
}

it('tells the API who asks, whatever they claim', async () => {
  const { headers } = await ask('/', { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'gopher' });
  expect(headers['x-forwarded-for']).toMatch(/^(127\.0\.0\.1|::1)$/);
  expect(headers['x-forwarded-proto']).toBe('https');
  expect(headers.host).toBe(`localhost:${port}`);
});

it('sends on each event as it comes', async () => {
  const asked = send('/events');
  asked.end();
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  reply.on('data', (chunk) => (text += String(chunk)));
  await expect.poll(() => text, { timeout: 30_000 }).toBe('data: first\n\n');
  endEvents();
  await once(reply, 'end');
  expect(text).toContain('last');
});

it('sends an upload on while it comes, of any size', async () => {
  const piece = randomBytes(1024 * 1024);
  const pieces = 200;
  const asked = send('/', { method: 'POST', headers: { 'content-length': String(pieces * piece.length) } });
  asked.write(piece);
  asked.write(piece);
  // Before the third has been sent, most of the first two is there.
  await expect.poll(() => received, { timeout: 30_000 }).toBeGreaterThan(piece.length);
  for (let sent = 2; sent < pieces; sent += 1) if (!asked.write(piece)) await once(asked, 'drain');
  asked.end();
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  expect((await readJson(reply)).received).toBe(pieces * piece.length);
});
