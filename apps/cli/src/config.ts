/** Where the command sends things, and in whose name. */
export interface Config {
  /** Without a slash at the end. */
  readonly server: string;
  readonly token: string | undefined;
}

interface ServerOptions {
  server?: string;
  token?: string;
}

const defaultServer = 'http://127.0.0.1:8080';

/** What stands on the command line comes first, then HOLDOUT_SERVER and HOLDOUT_TOKEN. */
export function readConfig(options: ServerOptions): Config {
  const server = options.server ?? process.env.HOLDOUT_SERVER ?? defaultServer;
  if (!/^https?:\/\/[^/]/.test(server)) {
    throw new Error(
      `The server’s address must begin with http:// or https://, not “${server}”. Correct --server or HOLDOUT_SERVER.`,
    );
  }
  return { server: server.replace(/\/+$/, ''), token: options.token ?? process.env.HOLDOUT_TOKEN };
}
