import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { submissionSchema } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { makeFiles, makeFolder } from '../testing/make-folder.js';
import { makeSubmission, startScriptedServer } from '../testing/start-scripted-server.js';
import { uploadArchive, uploadBundle } from './upload-bundle.js';

const names = { competition: 'mura', phase: 'te st' };

async function makeUpload(sizeBytes: number, signal = new AbortController().signal) {
  const archive = join(await makeFiles({ 'bundle.zip': new Uint8Array(sizeBytes).fill(7) }), 'bundle.zip');
  const sent: number[] = [];
  const onProgress = (bytes: number) => sent.push(bytes);
  const uploadsDirectory = join(await makeFolder(), 'uploads');
  const ignored = { onConnection: () => {}, onResumed: () => {} };
  return { upload: { ...names, archive, sizeBytes, signal, uploadsDirectory, onProgress, ...ignored }, sent };
}

it('sends the archive whole, with its length and the token, and counts what it sent', async () => {
  const received: { headers: unknown; url: string | undefined; sizeBytes: number }[] = [];
  const { config } = await startScriptedServer(async (request, response) => {
    let sizeBytes = 0;
    for await (const chunk of request) sizeBytes += chunk.length;
    received.push({ headers: request.headers, url: request.url, sizeBytes });
    response.writeHead(201).end(JSON.stringify(makeSubmission('queued')));
  });
  const { upload, sent } = await makeUpload(3_000_000);
  expect(await uploadBundle(config, upload)).toMatchObject({ state: 'queued' });
  expect(received).toMatchObject([
    {
      headers: {
        authorization: 'Bearer secret',
        'content-length': '3000000',
        'content-type': 'application/octet-stream',
      },
      url: '/api/competitions/mura/phases/te%20st/submissions',
      sizeBytes: 3_000_000,
    },
  ]);
  expect(sent.at(-1)).toBe(3_000_000);
  expect(sent).toEqual([...sent].sort((a, b) => a - b));
});

it('stops sending where the server refuses at once, and says why', async () => {
  const { config } = await startScriptedServer((_request, response) => {
    const problem = { type: 'x', status: 401, code: 'token_unknown', title: 'Unknown token.', next: 'Check it.' };
    response.writeHead(401, { connection: 'close' }).end(JSON.stringify(problem));
  });
  const { upload, sent } = await makeUpload(64_000_000);
  const whole = { ...upload, path: '/', schema: submissionSchema };
  await expect(uploadArchive(config, whole)).rejects.toMatchObject({ problem: { code: 'token_unknown', status: 401 } });
  expect(sent.at(-1) ?? 0).toBeLessThan(64_000_000);
});

it('says where the connection is cut, where the file changes, and where Ctrl-C is pressed', async () => {
  const cutting = await startScriptedServer((request) => void request.once('data', () => request.destroy()));
  const cut = await makeUpload(8_000_000);
  await expect(uploadBundle(cutting.config, cut.upload)).rejects.toMatchObject({
    problem: { code: 'server_unreachable', title: expect.stringContaining('the connection was cut') },
  });

  const patient = await startScriptedServer((request) => void request.resume());
  const shrinking = await makeUpload(2_000_000);
  await truncate(shrinking.upload.archive, 1000);
  await expect(uploadBundle(patient.config, shrinking.upload)).rejects.toMatchObject({
    problem: { title: expect.stringMatching(/bundle\.zip was changed while it was sent/) },
  });

  const interrupt = new AbortController();
  const stopped = await makeUpload(2_000_000, interrupt.signal);
  setTimeout(() => interrupt.abort(new Error('Ctrl-C')), 200);
  await expect(uploadBundle(patient.config, stopped.upload)).rejects.toThrow('Ctrl-C');
});
