import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  port: number;
  host: string;
  /** Everything this installation keeps: database, blobs, accounts. */
  dataDirectory: string;
  /** A backup to begin with; undefined: what is in the data directory, or the demo. */
  restore: string | undefined;
  /** The command line without its port, to be typed again. */
  besidesPort: string;
}

export const usage = `Usage: npm start -- [--port 8080] [--data .holdout] [--host 127.0.0.1] [--restore BACKUP]

  --port PORT   where the page and the API are served
  --data DIR    where the database and the files are kept; made where it is missing
  --host HOST   the address to listen on; 0.0.0.0 lets other machines in
  --restore DIR begin with a backup that \`holdout admin backup\` wrote; the data directory must be new`;

/**
 * Reads the command line.
 *
 * @throws Error with a sentence that names the argument that is wrong.
 */
export function readOptions(argv: readonly string[]): Options | 'help' {
  const { values, tokens } = parseArgs({
    args: [...argv],
    tokens: true,
    options: {
      port: { type: 'string', default: '8080' },
      data: { type: 'string', default: '.holdout' },
      host: { type: 'string', default: '127.0.0.1' },
      restore: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`--port must be a number from 1 to 65535, not “${values.port}”.`);
  }
  return {
    port,
    host: values.host,
    dataDirectory: resolve(values.data),
    restore: values.restore && resolve(values.restore),
    besidesPort: tokens
      .flatMap((token) => (token.kind === 'option' && token.name !== 'port' ? [token] : []))
      .map(({ rawName, value }) => ` ${rawName}${value === undefined ? '' : ` ${quoteForShell(value)}`}`)
      .join(''),
  };
}

function quoteForShell(value: string): string {
  return /^[\w./:@+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
