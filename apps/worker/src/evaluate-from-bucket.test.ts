import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheBlobs, openStorage, type S3Options } from '@holdout/storage';
import { startS3Server, type TestS3 } from '@holdout/storage/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scorePredictions } from './score-predictions.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

const never = new AbortController().signal;
let s3: TestS3;
let bucket: S3Options;
let fixture: WorkerFixture;
let cache: string;
beforeAll(async () => {
  s3 = await startS3Server();
  bucket = await s3.createBucket();
  fixture = await startWorkerFixture(async (directory) => {
    cache = join(directory, 'cache');
    return await cacheBlobs(await openStorage({ directory, s3: bucket }), { directory: cache, limitBytes: 1e9 });
  });
}, 60_000);
afterAll(async () => {
  await fixture?.close();
  await s3?.stop();
});

/** A program that reads every image. */
const program = `#!/usr/bin/python3
import csv, os, sys
studies = {}
for line in open(sys.argv[1]):
    path = line.strip()
    if os.path.getsize(path) == 0:
        sys.exit('an image is empty')
    studies[os.path.dirname(path) + '/'] = 1
with open(sys.argv[2], 'w', newline='') as file:
    csv.writer(file).writerows([study, 1] for study in studies)
`;

it.each([
  ['a model', {}],
  ['a program', { program }],
])('evaluates %s out of a bucket, and again without fetching anything', async (_what, options) => {
  for (let time = 0; time < 2; time += 1) {
    const submitted = await fixture.submit(options);
    await evaluateById(fixture.evaluating, submitted.evaluationId, never);
    await scorePredictions(fixture.scoring, submitted.evaluationId);
    const scored = await fixture.read(submitted);
    expect([scored.state, scored.reason]).toEqual(['scored', null]);
    // The images and the bundle; what evaluated it is gone.
    expect((await readdir(join(cache, 'blobs'))).length).toBeGreaterThanOrEqual(4);
    expect(await readdir(join(cache, 'fetching'))).toEqual([]);
    expect(await readdir(fixture.scratchDirectory)).toEqual([]);
    // From here on the images are nowhere but in the cache.
    const unlessPutSince = new Date(Date.now() + 3600_000);
    for (const digest of await readdir(join(cache, 'blobs'))) {
      await fixture.scoring.storage.remove(digest, { unlessPutSince });
    }
  }
});
