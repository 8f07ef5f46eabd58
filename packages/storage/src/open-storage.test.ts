import { expect, it } from 'vitest';
import { readStorageOptions } from './open-storage.js';

const directory = '/data';
const read = (environment: Record<string, string>) =>
  readStorageOptions({ HOLDOUT_STORAGE_DIRECTORY: directory, ...environment });
const bucket = { HOLDOUT_S3_BUCKET: 'blobs' };

it('is a folder where no bucket is named', () => {
  expect(read({ HOLDOUT_S3_BUCKET: '', HOLDOUT_S3_REGION: '' })).toEqual({ directory, s3: null });
});

it('is a bucket with what is said of it, and Amazon’s where nothing is', () => {
  expect(read(bucket).s3).toEqual({
    bucket: 'blobs',
    prefix: '',
    region: 'us-east-1',
    endpoint: undefined,
    pathStyle: false,
    credentials: undefined,
    silenceMilliseconds: 30_000,
  });
  const own = {
    ...bucket,
    HOLDOUT_S3_ENDPOINT: 'https://s3.example.org',
    HOLDOUT_S3_PREFIX: 'a/b',
    HOLDOUT_S3_ACCESS_KEY_ID: 'id',
    HOLDOUT_S3_SECRET_ACCESS_KEY: 'key',
  };
  const credentials = { accessKeyId: 'id', secretAccessKey: 'key' };
  expect(read(own).s3).toMatchObject({ prefix: 'a/b/', pathStyle: true, credentials });
  expect(read({ ...own, HOLDOUT_S3_PATH_STYLE: 'false' }).s3?.pathStyle).toBe(false);
});

it.each([
  [{ HOLDOUT_STORAGE_DIRECTORY: '' }, /^HOLDOUT_STORAGE_DIRECTORY is not set\.$/],
  [{ HOLDOUT_S3_BUCKET: 'A_secret' }, /^HOLDOUT_S3_BUCKET is wrong/],
  [{ ...bucket, HOLDOUT_S3_ENDPOINT: 'secret' }, /^HOLDOUT_S3_ENDPOINT is wrong/],
  [{ ...bucket, HOLDOUT_S3_PREFIX: '/secret' }, /^HOLDOUT_S3_PREFIX is wrong/],
  [{ ...bucket, HOLDOUT_S3_PATH_STYLE: 'secret' }, /^HOLDOUT_S3_PATH_STYLE is wrong/],
  [{ ...bucket, HOLDOUT_S3_SILENCE_SECONDS: 'secret' }, /^HOLDOUT_S3_SILENCE_SECONDS is wrong/],
  [{ ...bucket, HOLDOUT_S3_ACCESS_KEY_ID: 'secret' }, /^HOLDOUT_S3_SECRET_ACCESS_KEY is not set/],
  [{ ...bucket, HOLDOUT_S3_SECRET_ACCESS_KEY: 'secret' }, /^HOLDOUT_S3_ACCESS_KEY_ID is not set/],
  [{ HOLDOUT_S3_REGION: 'secret' }, /^HOLDOUT_S3_BUCKET is not set, and HOLDOUT_S3_REGION is\.$/],
])('names what is wrong, and no value: %j', (wrong, sentence) => {
  const reading = () => read(wrong as Record<string, string>);
  expect(reading).toThrow(sentence);
  expect(reading).not.toThrow(/secret/);
});
