import { z } from 'zod';
import { createDiskStorage } from './disk-storage.js';
import type { S3Options } from './s3-client.js';
import { createS3Storage } from './s3-storage.js';
import type { Storage } from './storage.js';

/** Where blobs lie: in a folder of this machine, or in a bucket, with a folder for what is on its way. */
export interface StorageOptions {
  readonly directory: string;
  /** null: on the disk. */
  readonly s3: S3Options | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const environmentSchema = z.object({
  HOLDOUT_STORAGE_DIRECTORY: z.string({ error: 'is not set' }),
  HOLDOUT_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is wrong (a bucket’s name has 3 to 63 of a–z, 0–9, . and -)')
    .optional(),
  HOLDOUT_S3_PREFIX: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*\/?$/, 'is wrong (expected such as `holdout/`)')
    .optional(),
  HOLDOUT_S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'is wrong (must be an https:// address)' }).optional(),
  HOLDOUT_S3_REGION: z.string().default('us-east-1'),
  HOLDOUT_S3_PATH_STYLE: z.enum(['true', 'false'], { error: 'is wrong (must be true or false)' }).optional(),
  HOLDOUT_S3_ACCESS_KEY_ID: z.string().optional(),
  HOLDOUT_S3_SECRET_ACCESS_KEY: z.string().optional(),
  HOLDOUT_S3_SILENCE_SECONDS: z.coerce
    .number({ error: 'is wrong (must be a number)' })
    .min(1, 'is wrong (must be at least 1)')
    .max(3600, 'is wrong (may be at most 3600)')
    .default(30),
});

/** The variables that say where blobs lie, for whoever hands them on to another process. */
export const storageVariables = Object.keys(environmentSchema.shape);

/**
 * Reads where blobs lie. A bucket that is named turns S3 on.
 *
 * @throws Error with a sentence that names every variable that is missing or wrong, and no value of them
 */
export function readStorageOptions(environment: Environment): StorageOptions {
  // A variable that is set to nothing is taken as not set, as compose files and shells leave it.
  const given = Object.fromEntries(storageVariables.map((name) => [name, environment[name] || undefined]));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success)
    throw new Error(`${parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`).join('; ')}.`);
  const values = parsed.data;
  const directory = values.HOLDOUT_STORAGE_DIRECTORY;
  const bucket = values.HOLDOUT_S3_BUCKET;
  if (bucket === undefined) {
    const other = storageVariables.find((name) => name.startsWith('HOLDOUT_S3_') && given[name] !== undefined);
    if (other) throw new Error(`HOLDOUT_S3_BUCKET is not set, and ${other} is.`);
    return { directory, s3: null };
  }
  const endpoint = values.HOLDOUT_S3_ENDPOINT;
  const prefix = values.HOLDOUT_S3_PREFIX ?? '';
  return {
    directory,
    s3: {
      bucket,
      prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
      region: values.HOLDOUT_S3_REGION,
      endpoint,
      // A service of one's own seldom has a host name for each bucket.
      pathStyle: (values.HOLDOUT_S3_PATH_STYLE ?? String(endpoint !== undefined)) === 'true',
      credentials: readCredentials(values),
      silenceMilliseconds: values.HOLDOUT_S3_SILENCE_SECONDS * 1000,
    },
  };
}

/** Opens what `readStorageOptions` read. */
export function openStorage({ directory, s3 }: StorageOptions): Promise<Storage> {
  return s3 ? createS3Storage({ ...s3, directory }) : createDiskStorage({ directory });
}

function readCredentials(values: z.infer<typeof environmentSchema>): S3Options['credentials'] {
  const { HOLDOUT_S3_ACCESS_KEY_ID: accessKeyId, HOLDOUT_S3_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  if (accessKeyId !== undefined)
    throw new Error('HOLDOUT_S3_SECRET_ACCESS_KEY is not set, and HOLDOUT_S3_ACCESS_KEY_ID is.');
  if (secretAccessKey !== undefined)
    throw new Error('HOLDOUT_S3_ACCESS_KEY_ID is not set, and HOLDOUT_S3_SECRET_ACCESS_KEY is.');
  return undefined;
}
