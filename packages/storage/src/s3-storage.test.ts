import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListMultipartUploadsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { keyOf } from './blob-names.js';
import { createS3Client, type S3Options } from './s3-client.js';
import { createS3Storage } from './s3-storage.js';
import { describeStorage } from './storage-behaviour.js';
import { startS3Server, type TestS3 } from './testing/start-s3-server.js';

let server: TestS3;
beforeAll(async () => {
  server = await startS3Server();
}, 60_000);
afterAll(() => server.stop());

async function countIn(options: S3Options): Promise<number> {
  const client = createS3Client(options);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: options.bucket }));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }));
  return Contents.length + Uploads.length;
}

describeStorage('on S3', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-storage-'));
  const options = { ...(await server.createBucket()), prefix: 'some/where/' };
  return {
    storage: await createS3Storage({ ...options, directory }),
    openAgain: () => createS3Storage({ ...options, directory }),
    countFiles: async () => (await countIn(options)) + (await readdir(join(directory, 'unfinished'))).length,
    async damage(digest, bytes) {
      const Key = `${options.prefix}blobs/${keyOf(digest)}`;
      await createS3Client(options).send(new PutObjectCommand({ Bucket: options.bucket, Key, Body: bytes }));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});
