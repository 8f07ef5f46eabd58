import { readdir } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { problemSchema } from '@holdout/contracts';
import { describe, expect, it } from 'vitest';
import type { TestServer } from '../testing/test-server.js';
import { beginPart, beginUpload, readOffset, readResult, sendPart } from '../testing/upload-parts.js';
import { useUploadServer } from '../testing/use-upload-server.js';

let server: TestServer;
let alpha: { url: string; token: string };
let archive: Buffer;
/** Each kind of patience has a server of its own. */
const useServer = (options: { uploadSilenceSeconds: number; paddingBytes: number }) =>
  useUploadServer((started) => {
    ({ server, alpha, archive } = started);
  }, options);

const answerOf = (sending: ClientRequest) =>
  new Promise((resolve, reject) => {
    sending.on('error', reject).once('response', (response) => {
      void text(response).then((body) => resolve(problemSchema.parse(JSON.parse(body))), reject);
    });
  });
const countSubmissions = async () => (await server.database.selectFrom('submissions').select('id').execute()).length;
const stalled = { status: 408, code: 'upload_stalled' };

describe('an upload that stalls', () => {
  useServer({ uploadSilenceSeconds: 2, paddingBytes: 200_000 });

  it.each(['application/zip', 'multipart/form-data; boundary=x'])(
    'a whole upload as %s is told so, and nothing of it stays',
    async (type) => {
      const sending = httpRequest(`${server.url}/api/competitions/mura/phases/test/submissions`, {
        method: 'POST',
        agent: false,
        headers: {
          authorization: `Bearer ${alpha.token}`,
          'content-type': type,
          'content-length': archive.length + 1000,
        },
      });
      if (type.startsWith('multipart')) {
        sending.write(
          '--x\r\ncontent-disposition: form-data; name="file"; filename="b.zip"\r\ncontent-type: application/zip\r\n\r\n',
        );
      }
      sending.write(archive.subarray(0, 100_000));
      expect(await answerOf(sending)).toMatchObject(stalled);
      expect(await readdir(join(server.storageDirectory, 'unfinished'))).toEqual([]);
      expect(await countSubmissions()).toBe(0);
      sending.destroy();
    },
  );

  it('a part is told so, and what came stays', async () => {
    const location = (await beginUpload(alpha, { sizeBytes: archive.length })).headers.get('location') ?? '';
    const sending = beginPart(alpha, location, { offset: 0, announcedBytes: archive.length });
    sending.write(archive.subarray(0, 60_000));
    expect(await answerOf(sending)).toMatchObject(stalled);
    sending.destroy();
    expect(await readOffset(alpha, location)).toBe(60_000);
    expect((await sendPart(alpha, location, archive.subarray(60_000), 60_000)).status).toBe(204);
    expect((await readResult(alpha, location)).status).toBe(200);
  });
});

describe('an upload that is slow, and does not stall', () => {
  // All of it takes longer than the silence that ends one, and no step of it nearly as long.
  useServer({ uploadSilenceSeconds: 4, paddingBytes: 600_000 });

  it('is taken', async () => {
    const location = (await beginUpload(alpha, { sizeBytes: archive.length })).headers.get('location') ?? '';
    const sending = beginPart(alpha, location, { offset: 0, announcedBytes: archive.length });
    const status = new Promise((resolve) => sending.once('response', (response) => resolve(response.statusCode)));
    for (let offset = 0; offset < archive.length; offset += 50_000) {
      sending.write(archive.subarray(offset, offset + 50_000));
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    sending.end();
    expect(await status).toBe(204);
  });
});
