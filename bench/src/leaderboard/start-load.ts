import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingHttpHeaders } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { apiProgram } from '@holdout/api';
import type { Load, LoadResult } from './load.js';

export interface StartedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The API as it runs anywhere else: a process of its own that logs every request. */
export async function startApi(
  databaseUrl: string,
  storageDirectory: string,
): Promise<StartedServer & { pid: number }> {
  const child = spawn(process.execPath, [apiProgram], {
    env: {
      ...process.env,
      HOLDOUT_DATABASE_URL: databaseUrl,
      HOLDOUT_STORAGE_DIRECTORY: storageDirectory,
      HOLDOUT_PORT: '0',
      // One address asks for all: it is counted, and never refused.
      HOLDOUT_READS_PER_MINUTE: '1000000000',
      HOLDOUT_UPLOADS_PER_MINUTE: '1000000000',
      HOLDOUT_AUTH_SECRET: 'nobody signs in during a measurement',
      HOLDOUT_LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (!url) continue;
    child.stdout.resume();
    return { url, pid: child.pid ?? 0, stop: () => stop(child) };
  }
  throw new Error('The API ended before it listened.');
}

/** One fastify route that sends what `url` answers, byte for byte. */
export async function startBareServer(url: string, headers: Record<string, string>): Promise<StartedServer> {
  const answer = await readRaw(url, headers);
  const child = fork(fileURLToPath(new URL('./bare-server.js', import.meta.url)));
  const kept = ['content-type', 'content-encoding', 'etag'].flatMap((name) => {
    const value = answer.headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  child.send({ headers: Object.fromEntries(kept), body: answer.body.toString('base64') });
  const [address] = await once(child, 'message');
  return { url: address, stop: () => stop(child) };
}

/** As it comes: `fetch` would unpack it. */
export async function readRaw(url: string, headers: Record<string, string>) {
  const [response] = await once(get(url, { headers }), 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}.`);
  return { headers: response.headers as IncomingHttpHeaders, body: Buffer.concat(chunks) };
}

/** Asks from a process of its own. */
export async function measureLoad(load: Load): Promise<LoadResult> {
  const child = fork(fileURLToPath(new URL('./load.js', import.meta.url)));
  child.send(load);
  const found = await new Promise<LoadResult>((resolve, reject) => {
    child.once('message', (result) => resolve(result as LoadResult));
    child.once('exit', (code) => reject(new Error(`The process that asks ended with ${code}.`)));
  });
  await stop(child);
  return found;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
