import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { createS3Client, type S3Options } from '../s3-client.js';
import { listMultipartUploads, listObjects } from '../s3-listings.js';

/** A real S3 service for one test file: OpenStack Swift, in a process of its own. */
export interface TestS3 {
  /** A fresh bucket with nothing in it. */
  createBucket(): Promise<S3Options>;
  /** The keys of all that lies in a bucket, and of multipart uploads that were begun and not completed. */
  listAll(bucket: string): Promise<string[]>;
  /** It answers nothing any more, and goes on. */
  pause(): void;
  resume(): void;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('../../src/testing/swift-server.py', import.meta.url));
const [accessKeyId, secretAccessKey] = ['holdout', 'a-secret-of-the-tests'];

/**
 * Starts a server with its data in a temporary folder; call `stop` in `afterAll`. When the test's process is killed
 * instead, the server ends with it.
 */
export async function startS3Server(): Promise<TestS3> {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-test-s3-'));
  // Debian's own Python has Debian's packages, whichever else is first on the path.
  const child = spawn('/usr/bin/python3', [program, directory, accessKeyId, secretAccessKey], {
    stdio: ['pipe', 'pipe', process.env.HOLDOUT_TEST_S3_LOG ? 'inherit' : 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await readPort(child.stdout);
  const options = (bucket: string): S3Options => ({
    bucket,
    prefix: '',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    pathStyle: true,
    credentials: { accessKeyId: `test:${accessKeyId}`, secretAccessKey },
    silenceMilliseconds: 30_000,
  });
  let buckets = 0;
  return {
    async createBucket() {
      buckets += 1;
      const made = options(`bucket-${buckets}`);
      await createS3Client(made).send(new CreateBucketCommand({ Bucket: made.bucket }));
      return made;
    },
    async listAll(bucket) {
      const client = createS3Client(options(bucket));
      const place = { Bucket: bucket, Prefix: '' };
      const keys: string[] = [];
      for await (const { Key = '' } of listObjects(client, place)) keys.push(Key);
      for await (const { Key = '' } of listMultipartUploads(client, place)) keys.push(Key);
      return keys;
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async stop() {
      child.stdin.end();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function readPort(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) return Number(line);
  throw new Error(
    'Swift did not start; is the Debian package python3-swift installed? HOLDOUT_TEST_S3_LOG=1 shows why.',
  );
}
