import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A variable that is set to nothing is taken as not set, as compose files and shells leave it. */
const emptyAsUnset = (value: unknown): unknown => (value === '' ? undefined : value);

const environmentSchema = z.object({
  HOLDOUT_HOST: z.string().min(1).default('127.0.0.1'),
  HOLDOUT_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  HOLDOUT_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
  HOLDOUT_STORAGE_DIRECTORY: z.string().min(1),
  /** What is served at `/`. The default is where apps/web is built, seen from this file's dist. */
  HOLDOUT_PAGES_DIRECTORY: z
    .string()
    .min(1)
    .default(fileURLToPath(new URL('../../web/dist/pages', import.meta.url))),
  REDIS_URL: z.preprocess(
    emptyAsUnset,
    z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }).optional(),
  ),
  HOLDOUT_LOG_LEVEL: z.enum(logLevels).default('info'),
});

export interface Config {
  readonly host: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
  readonly databaseUrl: string;
  readonly storageDirectory: string;
  readonly pagesDirectory: string;
  /** undefined: the queue is on Postgres. */
  readonly redisUrl: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
}

/**
 * Reads the environment, once, at the start.
 *
 * @throws Error with one sentence that names every variable that is missing or wrong.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) throw new Error(`The API can’t start: ${describeIssues(parsed.error, environment)}.`);
  const values = parsed.data;
  return {
    host: values.HOLDOUT_HOST,
    port: values.HOLDOUT_PORT,
    databaseUrl: values.HOLDOUT_DATABASE_URL,
    storageDirectory: values.HOLDOUT_STORAGE_DIRECTORY,
    pagesDirectory: values.HOLDOUT_PAGES_DIRECTORY,
    redisUrl: values.REDIS_URL,
    logLevel: values.HOLDOUT_LOG_LEVEL,
  };
}

/** Values are left out: an address may hold a password. */
function describeIssues(error: z.ZodError, environment: Readonly<Record<string, string | undefined>>): string {
  return error.issues
    .map((issue) => {
      const name = String(issue.path[0]);
      return environment[name] === undefined ? `${name} is not set` : `${name} is wrong (${issue.message})`;
    })
    .join('; ');
}
