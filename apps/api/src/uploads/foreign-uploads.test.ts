import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorCode, problemSchema } from '@holdout/contracts';
import { expect, it } from 'vitest';
import type { TestServer } from '../testing/test-server.js';
import { beginUpload, readOffset, sendPart, tusHeaders } from '../testing/upload-parts.js';
import { useUploadServer } from '../testing/use-upload-server.js';

let server: TestServer;
let alpha: { url: string; token: string };
let beta: { url: string; token: string };
useUploadServer((started) => {
  ({ server, alpha, beta } = started);
});

const idOf = (location: string) => location.split('/').at(-1) ?? '';
const begin = async (sender: typeof alpha) =>
  (await beginUpload(sender, { sizeBytes: 10 })).headers.get('location') ?? '';
const ask = (method: 'HEAD' | 'DELETE', location: string) =>
  fetch(beta.url + location, { method, headers: tusHeaders(beta.token) });

async function expectProblem(response: Response, code: ErrorCode) {
  expect(problemSchema.parse(await response.json())).toMatchObject({ code });
}

it('touches the upload of its path, whatever its query names', async () => {
  const theirs = await begin(alpha);
  await sendPart(alpha, theirs, Buffer.from('true'), 0);
  const own = await begin(beta);
  const devious = `${own}?/${idOf(theirs)}`;

  expect((await ask('HEAD', devious)).headers.get('upload-offset')).toBe('0');
  await expectProblem(await sendPart(beta, devious, Buffer.from('evil'), 4), 'upload_offset_wrong');
  expect((await sendPart(beta, devious, Buffer.from('mine!'), 0)).headers.get('upload-offset')).toBe('5');
  expect(await readFile(join(server.storageDirectory, 'uploads', idOf(own)), 'utf8')).toBe('mine!');
  expect((await ask('DELETE', devious)).status).toBe(204);
  await expectProblem(await sendPart(beta, own, Buffer.from('more'), 5), 'upload_not_found');
  expect(await readOffset(alpha, theirs)).toBe(4);
  expect(await readFile(join(server.storageDirectory, 'uploads', idOf(theirs)), 'utf8')).toBe('true');
});

it.each(['abc', '..', '%2e%2e', 'a%00'])('is the same with the query ?/%s as without', async (query) => {
  const own = await begin(beta);
  const devious = `${own}?/${query}`;
  expect((await ask('HEAD', devious)).status).toBe(200);
  expect((await sendPart(beta, devious, Buffer.from('x'), 0)).status).toBe(204);
  expect((await ask('DELETE', devious)).status).toBe(204);
});
