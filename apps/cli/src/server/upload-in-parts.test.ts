import { readdir, stat, utimes } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFiles, makeFolder } from '../testing/make-folder.js';
import { makeSubmission, startScriptedServer } from '../testing/start-scripted-server.js';
import { KeptUpload } from './kept-upload.js';
import { uploadBundle } from './upload-bundle.js';

const sizeBytes = 20_000_000;
const uploadsPath = '/api/competitions/mura/phases/test/uploads';
const location = `${uploadsPath}/7c1fd1c6-5b0b-4f0e-8f6e-5b1b0f6f1f11`;

async function makeUpload(signal = new AbortController().signal) {
  const archive = join(await makeFiles({ 'bundle.zip': new Uint8Array(sizeBytes).fill(7) }), 'bundle.zip');
  const [sent, connection, resumed]: [number[], string[], number[]] = [[], [], []];
  const uploadsDirectory = join(await makeFolder(), 'uploads');
  const upload = {
    competition: 'mura',
    phase: 'test',
    name: 'É',
    stopOnWarning: true,
    archive,
    sizeBytes,
    signal,
    onProgress: (bytes: number) => sent.push(bytes),
    onConnection: (state: string) => connection.push(state),
    uploadsDirectory,
    onResumed: (arrivedBytes: number) => resumed.push(arrivedBytes),
  };
  return { upload, sent, connection, resumed };
}

interface Script {
  /** Called with each part that begins; what it does not answer is received and answered. */
  onPart?: (part: number, request: IncomingMessage, response: ServerResponse) => boolean;
  onHead?: (response: ServerResponse) => boolean;
}

/** A server of the tus protocol that has a bad day; it keeps count of what it has. */
async function startTusServer({ onPart, onHead }: Script = {}) {
  const seen = { offset: 0, parts: 0, results: 0, metadata: '', requests: [] as string[] };
  const { config } = await startScriptedServer(async (request, response) => {
    seen.requests.push(`${request.method} ${request.headers['upload-offset'] ?? ''}`.trim());
    if (request.method === 'POST') {
      seen.metadata = String(request.headers['upload-metadata']);
      return response.writeHead(201, { location }).end();
    }
    if (request.method === 'HEAD') {
      return onHead?.(response) || response.writeHead(200, { 'upload-offset': seen.offset }).end();
    }
    if (request.method === 'DELETE') return response.writeHead(204).end();
    if (request.method === 'GET') {
      seen.results += 1;
      // The first answer gets lost.
      if (seen.results === 1) return request.destroy();
      return response.end(JSON.stringify(makeSubmission('queued')));
    }
    seen.parts += 1;
    request.on('data', (chunk: Buffer) => {
      seen.offset += chunk.length;
    });
    if (onPart?.(seen.parts, request, response)) return;
    request.once('end', () => response.writeHead(204, { 'upload-offset': seen.offset }).end());
  });
  return { config, seen };
}

it('goes on from where the connection broke, as often as it breaks, and asks for the result until it has it', async () => {
  const { config, seen } = await startTusServer({
    onPart(part, request) {
      if (part > 2) return false;
      const until = part * 6_000_000;
      request.on('data', () => seen.offset > until && request.destroy());
      return true;
    },
  });
  const { upload, sent, connection } = await makeUpload();
  expect(await uploadBundle(config, upload)).toMatchObject({ state: 'queued' });
  expect([seen.offset, seen.parts, seen.results]).toEqual([sizeBytes, 3, 2]);
  expect(connection).toEqual(['lost', 'back', 'lost', 'back', 'lost', 'back']);
  expect(sent.at(-1)).toBe(sizeBytes);
  const metadata = seen.metadata.split(',').map((pair) => pair.split(' '));
  expect(metadata.map(([key, value]) => [key, Buffer.from(value ?? '', 'base64').toString()])).toEqual([
    ['filename', 'bundle.zip'],
    ['name', 'É'],
    ['stopOnWarning', 'true'],
  ]);
});

it('asks how much is there where its offset is wrong', async () => {
  const { config, seen } = await startTusServer({
    onPart(part, _request, response) {
      if (part > 1) return false;
      const problem = { type: 'x', status: 409, code: 'upload_offset_wrong', title: 'No.', next: 'Ask.' };
      response.writeHead(409).end(JSON.stringify(problem));
      seen.offset = 0;
      return true;
    },
    onHead() {
      // What was on the line when the part was refused does not count.
      seen.offset = 4_000_000;
      return false;
    },
  });
  const { upload } = await makeUpload();
  await uploadBundle(config, upload);
  expect(seen.requests.slice(0, 4)).toEqual(['POST', 'PATCH 0', 'HEAD', 'PATCH 4000000']);
});

it('stops where the upload is gone, where the disk is full, and where the bundle is refused', async () => {
  const gone = await startTusServer({
    onPart: (_part, request) => request.destroy().destroyed,
    onHead: (response) => Boolean(response.writeHead(404).end()),
  });
  await expect(uploadBundle(gone.config, (await makeUpload()).upload)).rejects.toMatchObject({
    code: 'upload_not_found',
  });
  for (const [status, code] of [
    [507, 'storage_full'],
    [413, 'upload_too_large'],
  ] as const) {
    const refusing = await startTusServer({
      onPart(_part, _request, response) {
        response.writeHead(status).end(JSON.stringify({ type: 'x', status, code, title: 'No.', next: 'Stop.' }));
        return true;
      },
    });
    await expect(uploadBundle(refusing.config, (await makeUpload()).upload)).rejects.toMatchObject({
      problem: { code },
    });
  }
});

it('takes its upload away where Ctrl-C is pressed', async () => {
  const interrupt = new AbortController();
  const { config, seen } = await startTusServer({
    onPart() {
      setTimeout(() => interrupt.abort(new Error('Ctrl-C')), 50);
      return true;
    },
  });
  const { upload } = await makeUpload(interrupt.signal);
  await expect(uploadBundle(config, upload)).rejects.toThrow('Ctrl-C');
  expect(seen.requests).toEqual(['POST', 'PATCH 0', 'DELETE']);
});

it('goes on with what an earlier command began, of the same bytes with the same words, and begins anew where it is gone', async () => {
  let isGone = false;
  const { config, seen } = await startTusServer({
    onHead: (response) => isGone && Boolean(response.writeHead(410).end()),
  });
  const { upload, resumed } = await makeUpload();
  const begin = async (changed: object = {}) => {
    seen.requests.length = 0;
    seen.offset = 6_000_000;
    await uploadBundle(config, { ...upload, ...changed });
    return seen.requests.filter((line) => !line.startsWith('GET'));
  };
  const identity = { ...upload, server: config.server, path: uploadsPath, words: { name: 'É', stopOnWarning: 'true' } };
  const kept = await KeptUpload.open(upload.uploadsDirectory, identity);
  await kept.keep(location);
  expect((await stat(upload.uploadsDirectory)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(upload.uploadsDirectory))
    expect((await stat(join(upload.uploadsDirectory, name))).mode & 0o777).toBe(0o600);
  expect(await begin({ name: 'another' })).toEqual(['POST', 'PATCH 0']);
  expect(await begin()).toEqual(['HEAD', 'PATCH 6000000']);
  expect(resumed).toEqual([6_000_000]);
  // It has ended: there is nothing to go on with.
  expect(await kept.find()).toBeNull();
  expect(await begin()).toEqual(['POST', 'PATCH 0']);
  await kept.keep(location);
  isGone = true;
  expect(await begin()).toEqual(['HEAD', 'POST', 'PATCH 0']);
  await kept.keep(location);
  const [name = ''] = await readdir(upload.uploadsDirectory);
  const twoDaysAgo = new Date(Date.now() - 48 * 3600_000);
  await utimes(join(upload.uploadsDirectory, name), twoDaysAgo, twoDaysAgo);
  expect([await kept.find(), await readdir(upload.uploadsDirectory)]).toEqual([null, []]);
});
