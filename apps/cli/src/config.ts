import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { findCredential } from './account/credentials.js';
import { CommandError } from './command-error.js';

/** A variable that is set to nothing is taken as not set, as shells and CI systems leave it. */
const textSchema = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());

const environmentSchema = z
  .object({
    HOLDOUT_SERVER: textSchema,
    HOLDOUT_TOKEN: textSchema,
    HOLDOUT_SANDBOX: textSchema,
    HOLDOUT_CONTAINER_ENGINE: textSchema,
    HOLDOUT_CONTAINER_IMAGE: textSchema,
    HOLDOUT_CONTAINER_RUNTIME: textSchema,
    HOME: textSchema,
    XDG_CONFIG_HOME: textSchema,
    XDG_STATE_HOME: textSchema,
    PATH: textSchema,
    NO_COLOR: textSchema,
    TERM: textSchema,
  })
  .transform(
    ({
      HOLDOUT_SERVER,
      HOLDOUT_TOKEN,
      HOLDOUT_SANDBOX,
      HOME,
      XDG_CONFIG_HOME,
      XDG_STATE_HOME,
      NO_COLOR,
      TERM,
      ...containers
    }) => ({
      server: HOLDOUT_SERVER,
      token: HOLDOUT_TOKEN,
      /** Whether a model may be tried without a sandbox: only where that was asked for by name. */
      mayDoWithoutSandbox: HOLDOUT_SANDBOX === 'none',
      /** Where `holdout login` keeps tokens. */
      credentialsFile: join(XDG_CONFIG_HOME ?? join(HOME ?? homedir(), '.config'), 'holdout', 'credentials.json'),
      /** Where `holdout submit` keeps which uploads it has begun. */
      uploadsDirectory: join(XDG_STATE_HOME ?? join(HOME ?? homedir(), '.local/state'), 'holdout', 'uploads'),
      /** By what containers are run on this machine. */
      containers,
      /** See no-color.org. */
      coloursAllowed: NO_COLOR === undefined && TERM !== 'dumb',
    }),
  );

/** What the command takes from its environment. */
export interface Environment extends z.infer<typeof environmentSchema> {
  /** What a server's own processes are told, for the commands that run beside them; who uses it checks it. */
  readonly installation: Readonly<Record<string, string | undefined>>;
}

/** Reads the environment, once, at the start. */
export function readEnvironment(): Environment {
  const ours = Object.entries(process.env).filter(([name]) => name.startsWith('HOLDOUT_'));
  return { ...environmentSchema.parse(process.env), installation: Object.fromEntries(ours) };
}

/** Where the command sends things, and in whose name. */
export interface ServerConfig {
  /** Without a slash at the end. */
  readonly server: string;
  readonly token: string | undefined;
}

const defaultServer = 'http://127.0.0.1:8080';

/**
 * What stands on the command line comes first, then HOLDOUT_SERVER and HOLDOUT_TOKEN, then what `holdout login` kept for
 * that server.
 *
 * @throws CommandError `usage` where the server's address is not one, `file_unusable` where the kept tokens can't be read
 */
export function chooseServer(
  options: { server?: string; token?: string },
  environment: Pick<Environment, 'server' | 'token' | 'credentialsFile'>,
): ServerConfig {
  const server = chooseAddress(options, environment);
  const token = options.token ?? environment.token ?? findCredential(environment.credentialsFile, server);
  // A token that was pasted with a line break would be refused by the HTTP client, with words that show it.
  return { server, token: token?.trim() || undefined };
}

/**
 * The address alone, for commands that take no token or make one.
 *
 * @throws CommandError `usage`
 */
export function chooseAddress(options: { server?: string }, environment: Pick<Environment, 'server'>): string {
  const given = options.server ?? environment.server ?? defaultServer;
  if (!/^https?:\/\/[^/]/i.test(given) || !URL.canParse(given)) {
    throw new CommandError({
      code: 'usage',
      title: `The server’s address is “${given}”; expected one such as ${defaultServer}.`,
      next: `Correct ${options.server === undefined ? 'HOLDOUT_SERVER' : '--server'}.`,
      exitCode: 2,
    });
  }
  return given.replace(/\/+$/, '');
}
