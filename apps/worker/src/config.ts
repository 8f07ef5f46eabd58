import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { type Hardware, hardwareClasses, hardwareSchema } from '@holdout/contracts';
import { isRedisAddress } from '@holdout/queue';
import { chooseGpus, type Gpu, readContainerOptions, sandboxKinds } from '@holdout/runner';
import { type Environment, readSecretFiles } from '@holdout/secrets';
import { readStorageOptions, type StorageOptions } from '@holdout/storage';
import { type TelemetrySettings, telemetryVariables, toTelemetrySettings } from '@holdout/telemetry';
import { z } from 'zod';

/** What a worker process reads from its environment, once. */
const configSchema = z.object({
  HOLDOUT_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  HOLDOUT_STORAGE_DIRECTORY: z.string().min(1),
  HOLDOUT_SCRATCH_DIRECTORY: z.string().min(1),
  HOLDOUT_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  HOLDOUT_LEASE_SECONDS: z.coerce.number().int().min(2).max(3600).default(15),
  HOLDOUT_RECONCILE_SECONDS: z.coerce.number().int().min(1).max(3600).default(5),
  HOLDOUT_SERVES: z
    .string()
    .default(hardwareClasses.join())
    .transform((text) => [...new Set(text.split(',').map((word) => word.trim()))])
    .pipe(z.array(hardwareSchema).min(1)),
  HOLDOUT_MAX_ATTEMPTS: z.coerce.number().int().min(1).max(100).default(3),
  HOLDOUT_DRAIN_SECONDS: z.coerce.number().min(0).max(86_400).default(8),
  HOLDOUT_THREADS: z.coerce.number().int().min(1).max(256).default(availableParallelism()),
  HOLDOUT_GPUS: z.string().default('all'),
  HOLDOUT_SANDBOX: z.enum(sandboxKinds).default('bubblewrap'),
  ...telemetryVariables,
  HOLDOUT_DECODED_DIRECTORY: z.string().min(1).optional(),
  HOLDOUT_DECODED_BYTES: z.coerce.number().int().min(0).default(10e9),
  HOLDOUT_CACHE_BYTES: z.coerce.number().int().min(0).default(20e9),
  REDIS_URL: z.string().refine(isRedisAddress, 'must be a redis:// or redis+cluster:// address').optional(),
});

/** What may come by a file instead: `NAME_FILE` names it. */
const secretNames = [
  ...['HOLDOUT_DATABASE_URL', 'REDIS_URL'],
  ...['HOLDOUT_S3_ACCESS_KEY_ID', 'HOLDOUT_S3_SECRET_ACCESS_KEY'],
];

export interface WorkerConfig {
  databaseUrl: string;
  storage: StorageOptions;
  /** How much of a bucket's blobs this machine keeps; its processes share it. */
  cacheBytes: number;
  /** Where decoded images are kept between evaluations; the workers of a machine share it. */
  decodedDirectory: string;
  decodedBytes: number;
  /** Each evaluation's own folder is made and removed in here. */
  scratchDirectory: string;
  logLevel: string;
  leaseSeconds: number;
  /** How often lost and forgotten evaluations are looked for. */
  reconcileSeconds: number;
  /** The hardware classes that it takes evaluations of. */
  serves: readonly Hardware[];
  /** So often an evaluation, or a scoring, is begun before it fails. */
  maxAttempts: number;
  /** What is under way at SIGTERM may end within this time; then it is handed back. */
  drainSeconds: number;
  threads: number;
  /** Those of this machine that evaluations may be given, each to one at a time. */
  gpus: readonly Gpu[];
  /** What bundles are run inside. */
  sandbox: (typeof sandboxKinds)[number];
  /** By what and from which image, where that is `container`. */
  container: ReturnType<typeof readContainerOptions> | undefined;
  redisUrl: string | undefined;
  telemetry: TelemetrySettings;
  /** Who holds a lease: machine and process. */
  owner: string;
  machine: string;
}

/**
 * Reads the configuration of a worker process.
 *
 * @throws Error that names the environment variables that are missing or wrong.
 */
export function readConfig(variables: NodeJS.ProcessEnv): WorkerConfig {
  const environment = fillSecrets(variables);
  const parsed = configSchema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The worker can’t start: set these environment variables right.\n  ${problems.join('\n  ')}`);
  }
  const env = parsed.data;
  return {
    databaseUrl: env.HOLDOUT_DATABASE_URL,
    storage: readStorage(environment),
    cacheBytes: env.HOLDOUT_CACHE_BYTES,
    decodedDirectory: env.HOLDOUT_DECODED_DIRECTORY ?? join(env.HOLDOUT_SCRATCH_DIRECTORY, 'decoded'),
    decodedBytes: env.HOLDOUT_DECODED_BYTES,
    scratchDirectory: env.HOLDOUT_SCRATCH_DIRECTORY,
    logLevel: env.HOLDOUT_LOG_LEVEL,
    leaseSeconds: env.HOLDOUT_LEASE_SECONDS,
    reconcileSeconds: env.HOLDOUT_RECONCILE_SECONDS,
    serves: env.HOLDOUT_SERVES,
    maxAttempts: env.HOLDOUT_MAX_ATTEMPTS,
    drainSeconds: env.HOLDOUT_DRAIN_SECONDS,
    threads: env.HOLDOUT_THREADS,
    gpus: readGpus(env.HOLDOUT_GPUS, env.HOLDOUT_STORAGE_DIRECTORY),
    sandbox: env.HOLDOUT_SANDBOX,
    container: env.HOLDOUT_SANDBOX === 'container' ? readContainerOptions(environment) : undefined,
    redisUrl: env.REDIS_URL,
    telemetry: toTelemetrySettings(env),
    owner: `${hostname()}:${process.pid}`,
    machine: hostname(),
  };
}

/** Workers of a machine share their storage's folder; a service manager gives each a `/tmp` of its own. */
function readGpus(wanted: string, storageDirectory: string): Gpu[] {
  try {
    return chooseGpus(wanted, join(storageDirectory, 'gpu-locks'));
  } catch (error) {
    throw new Error(`The worker can’t start: ${error instanceof Error ? error.message : error}`);
  }
}

function readStorage(environment: NodeJS.ProcessEnv): StorageOptions {
  try {
    return readStorageOptions(environment);
  } catch (error) {
    throw new Error(`The worker can’t start: ${error instanceof Error ? error.message : error}`);
  }
}

function fillSecrets(variables: Environment): Environment {
  try {
    return readSecretFiles(variables, secretNames);
  } catch (cause) {
    throw new Error(`The worker can’t start: ${cause instanceof Error ? cause.message : cause}.`, { cause });
  }
}
