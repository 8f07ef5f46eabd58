import type { TestS3 } from '@holdout/storage/testing';

/** A fresh bucket, as the environment of a server names it. */
export async function describeBucket(s3: TestS3): Promise<Record<string, string>> {
  const { bucket, endpoint = '', credentials } = await s3.createBucket();
  return {
    HOLDOUT_S3_BUCKET: bucket,
    HOLDOUT_S3_ENDPOINT: endpoint,
    HOLDOUT_S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
    HOLDOUT_S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '',
  };
}
