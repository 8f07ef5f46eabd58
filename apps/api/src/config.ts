import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRedisAddress } from '@holdout/queue';
import { readSecretFiles, type Environment as Variables } from '@holdout/secrets';
import { readStorageOptions, type StorageOptions } from '@holdout/storage';
import { type TelemetrySettings, telemetryVariables, toTelemetrySettings } from '@holdout/telemetry';
import { z } from 'zod';
import type { AccountSettings } from './accounts/account-settings.js';
import type { RateLimits } from './rate-limits.js';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A variable that is set to nothing is taken as not set, as compose files and shells leave it. */
const emptyAsUnset = (value: unknown): unknown => (value === '' ? undefined : value);

const environmentSchema = z.object({
  HOLDOUT_HOST: z.string().min(1).default('127.0.0.1'),
  HOLDOUT_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  HOLDOUT_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
  HOLDOUT_STORAGE_DIRECTORY: z.string().min(1),
  HOLDOUT_SCRATCH_DIRECTORY: optional(z.string().min(1)),
  /** What is served at `/`. The default is where apps/web is built, seen from this file's dist. */
  HOLDOUT_PAGES_DIRECTORY: z
    .string()
    .min(1)
    .default(fileURLToPath(new URL('../../web/dist/pages', import.meta.url))),
  REDIS_URL: z.preprocess(
    emptyAsUnset,
    z.string().refine(isRedisAddress, 'must be a redis:// or redis+cluster:// address').optional(),
  ),
  HOLDOUT_LOG_LEVEL: z.enum(logLevels).default('info'),
  ...telemetryVariables,
  HOLDOUT_PUBLIC_URL: optional(z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })),
  HOLDOUT_AUTH_SECRET: z
    .string({ error: 'must have at least 32 characters' })
    .min(32, 'must have at least 32 characters'),
  HOLDOUT_SMTP_URL: optional(z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' })),
  HOLDOUT_MAIL_FROM: optional(z.string().min(3)),
  HOLDOUT_OIDC_ISSUER: optional(z.url({ protocol: /^https?$/, error: 'must be an https:// address' })),
  HOLDOUT_OIDC_CLIENT_ID: optional(z.string().min(1)),
  HOLDOUT_OIDC_CLIENT_SECRET: optional(z.string().min(1)),
  HOLDOUT_OIDC_NAME: z.preprocess(emptyAsUnset, z.string().min(1).default('Your institution')),
  HOLDOUT_OIDC_SCOPES: z.preprocess(emptyAsUnset, z.string().min(1).default('openid email profile')),
  HOLDOUT_OIDC_SECOND_FACTOR: z.string().default(''),
  HOLDOUT_READS_PER_MINUTE: rate(6000),
  HOLDOUT_UPLOADS_PER_MINUTE: rate(120),
  HOLDOUT_HEAT_MAP_REQUESTS_PER_MINUTE: rate(60),
  HOLDOUT_SIGN_INS_PER_MINUTE: rate(60),
  HOLDOUT_SIGN_INS_PER_ACCOUNT: rate(20),
  HOLDOUT_TRUSTED_PROXIES: z.string().default(''),
  HOLDOUT_REQUIRE_TWO_FACTOR: z.preprocess(emptyAsUnset, z.enum(['nobody', 'organisers']).default('nobody')),
});

/** What may come by a file instead: `NAME_FILE` names it. */
const secretNames = [
  ...['HOLDOUT_DATABASE_URL', 'REDIS_URL', 'HOLDOUT_AUTH_SECRET'],
  ...['HOLDOUT_SMTP_URL', 'HOLDOUT_OIDC_CLIENT_SECRET'],
  ...['HOLDOUT_S3_ACCESS_KEY_ID', 'HOLDOUT_S3_SECRET_ACCESS_KEY'],
];

/** 0 is without limit. */
function rate(count: number) {
  return z.preprocess(emptyAsUnset, z.coerce.number().int().min(0).default(count));
}

function optional<T extends z.ZodType>(schema: T) {
  return z.preprocess(emptyAsUnset, schema.optional());
}

/** What makes no sense without another variable. */
const neededTogether: readonly (readonly [keyof Environment, keyof Environment])[] = [
  ['HOLDOUT_SMTP_URL', 'HOLDOUT_MAIL_FROM'],
  ['HOLDOUT_OIDC_ISSUER', 'HOLDOUT_OIDC_CLIENT_ID'],
  ['HOLDOUT_OIDC_ISSUER', 'HOLDOUT_OIDC_CLIENT_SECRET'],
];
type Environment = z.infer<typeof environmentSchema>;

export interface Config {
  readonly host: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
  readonly databaseUrl: string;
  /** Where blobs lie. Its folder also has what is on its way to it. */
  readonly storage: StorageOptions;
  /** Where archives lie while they are looked into. */
  readonly scratchDirectory: string;
  readonly pagesDirectory: string;
  /** undefined: the queue is on Postgres. */
  readonly redisUrl: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
  readonly telemetry: TelemetrySettings;
  readonly accounts: AccountSettings;
  readonly rateLimits: RateLimits;
  readonly trustedProxies: readonly string[];
}

/**
 * Reads the environment, once, at the start.
 *
 * @throws Error with one sentence that names every variable that is missing or wrong.
 */
export function readConfig(variables: Variables = process.env): Config {
  const environment = fillSecrets(variables);
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) throw new Error(`The API can’t start: ${describeIssues(parsed.error, environment)}.`);
  const values = parsed.data;
  for (const [name, needed] of neededTogether) {
    if (values[name] !== undefined && values[needed] === undefined)
      throw new Error(`The API can’t start: ${needed} is not set, and ${name} is.`);
  }
  const storage = readStorage(environment);
  return {
    host: values.HOLDOUT_HOST,
    port: values.HOLDOUT_PORT,
    databaseUrl: values.HOLDOUT_DATABASE_URL,
    storage,
    scratchDirectory: values.HOLDOUT_SCRATCH_DIRECTORY ?? chooseScratch(storage),
    pagesDirectory: values.HOLDOUT_PAGES_DIRECTORY,
    redisUrl: values.REDIS_URL,
    logLevel: values.HOLDOUT_LOG_LEVEL,
    telemetry: toTelemetrySettings(values),
    accounts: readAccountSettings(values),
    rateLimits: {
      readsPerMinute: values.HOLDOUT_READS_PER_MINUTE,
      uploadsPerMinute: values.HOLDOUT_UPLOADS_PER_MINUTE,
      heatMapRequestsPerMinute: values.HOLDOUT_HEAT_MAP_REQUESTS_PER_MINUTE,
      signInsPerMinute: values.HOLDOUT_SIGN_INS_PER_MINUTE,
      perAccountIn15Minutes: values.HOLDOUT_SIGN_INS_PER_ACCOUNT,
    },
    trustedProxies: values.HOLDOUT_TRUSTED_PROXIES.split(/[\s,]+/).filter((each) => each !== ''),
  };
}

function readStorage(environment: Readonly<Record<string, string | undefined>>): StorageOptions {
  try {
    return readStorageOptions(environment);
  } catch (error) {
    throw new Error(`The API can’t start: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * With a bucket the folder is this process's own, and large, where a container's `/tmp` is a little memory. Without one
 * evaluating workers may read it, and what an organiser sends tells labels.
 */
function chooseScratch({ directory, s3 }: StorageOptions): string {
  return s3 ? join(directory, 'scratch') : tmpdir();
}

function fillSecrets(variables: Variables): Variables {
  try {
    return readSecretFiles(variables, secretNames);
  } catch (cause) {
    throw new Error(`The API can’t start: ${cause instanceof Error ? cause.message : cause}.`, { cause });
  }
}

function readAccountSettings(values: Environment): AccountSettings {
  const { HOLDOUT_PUBLIC_URL: publicUrl, HOLDOUT_SMTP_URL: smtpUrl, HOLDOUT_OIDC_ISSUER: issuer } = values;
  const host = ['0.0.0.0', '::'].includes(values.HOLDOUT_HOST) ? '127.0.0.1' : values.HOLDOUT_HOST;
  return {
    publicUrl: publicUrl ? new URL(publicUrl).origin : `http://${host}:${values.HOLDOUT_PORT}`,
    otherNamesAllowed: publicUrl === undefined,
    secret: values.HOLDOUT_AUTH_SECRET,
    mail: smtpUrl ? { smtpUrl, from: values.HOLDOUT_MAIL_FROM ?? '' } : null,
    institution: issuer
      ? {
          issuer,
          clientId: values.HOLDOUT_OIDC_CLIENT_ID ?? '',
          clientSecret: values.HOLDOUT_OIDC_CLIENT_SECRET ?? '',
          name: values.HOLDOUT_OIDC_NAME,
          scopes: values.HOLDOUT_OIDC_SCOPES.split(' '),
          secondFactorValues: values.HOLDOUT_OIDC_SECOND_FACTOR.split(/\s+/).filter((each) => each !== ''),
        }
      : null,
    twoFactorNeeded: values.HOLDOUT_REQUIRE_TWO_FACTOR,
  };
}

/** Values are left out: an address may hold a password. */
function describeIssues(error: z.ZodError, environment: Variables): string {
  return error.issues
    .map((issue) => {
      const name = String(issue.path[0]);
      return environment[name] === undefined ? `${name} is not set` : `${name} is wrong (${issue.message})`;
    })
    .join('; ');
}
