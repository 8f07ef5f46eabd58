import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFiles } from '../testing/make-folder.js';
import { makeSubmission, startScriptedServer } from '../testing/start-scripted-server.js';
import { uploadBundle } from './upload-bundle.js';

const sizeBytes = 20_000_000;
const location = '/api/competitions/mura/phases/test/uploads/7c1fd1c6-5b0b-4f0e-8f6e-5b1b0f6f1f11';

async function makeUpload(signal = new AbortController().signal) {
  const archive = join(await makeFiles({ 'bundle.zip': new Uint8Array(sizeBytes).fill(7) }), 'bundle.zip');
  const [sent, connection]: [number[], string[]] = [[], []];
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
  };
  return { upload, sent, connection };
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
