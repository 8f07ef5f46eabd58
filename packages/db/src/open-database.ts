import { Socket } from 'node:net';
import { HoldoutError } from '@holdout/contracts';
import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { isConnectionError } from './connection-error.js';
import type { Schema } from './schema.js';

/** A pool of connections, or one transaction of it: what every query takes. */
export type Queryable = Kysely<Schema>;

interface DatabaseOptions {
  url: string;
  /** What Postgres lists for its connections: `holdout-api`, `holdout-evaluator`. */
  applicationName: string;
  maxConnections?: number;
  /** How long a connection may stay silent, and so a query; migrations and backups have connections of their own. */
  silenceSeconds?: number;
}

const connectTimeoutMilliseconds = 10_000;
/** Many times what the longest query of a server or a worker takes: the past board of a large competition takes seconds. */
const defaultSilenceSeconds = 120;
/** So that what stands between, such as a firewall, does not forget a connection over a long query. */
const keepAliveDelayMilliseconds = 10_000;
const transactionPauseMilliseconds = 30_000;

/** Opens a pool of connections. Nothing is connected until the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  return new Database(options);
}

/** The database, through typed queries. Functions of this package take it as their first argument. */
export class Database extends Kysely<Schema> {
  constructor(options: DatabaseOptions) {
    const { url, applicationName, maxConnections = 10, silenceSeconds = defaultSilenceSeconds } = options;
    const pool = new pg.Pool({
      connectionString: url,
      application_name: applicationName,
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMilliseconds,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveDelayMilliseconds,
      stream: () => openSocket(silenceSeconds),
      // A process that is stopped in the middle of a transaction must not hold a row for ever.
      idle_in_transaction_session_timeout: transactionPauseMilliseconds,
      types: { getTypeParser },
    });
    // A connection that breaks while idle is replaced by the pool; unheard, its error would end the process.
    pool.on('error', () => {});
    // The same for one that breaks between two queries of whoever has it; the next query tells of it.
    pool.on('connect', (client) => client.on('error', () => {}));
    super({
      dialect: new PostgresDialect({ pool }),
      // JSON columns hold other rooms' objects: their keys are left alone.
      plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    });
  }

  /** @throws HoldoutError `database_unavailable` */
  async ping(): Promise<void> {
    try {
      await sql`SELECT 1`.execute(this);
    } catch (cause) {
      if (!isConnectionError(cause)) throw cause;
      throw new HoldoutError('database_unavailable', { cause });
    }
  }

  /** Waits for the queries that are running, then closes every connection. */
  close(): Promise<void> {
    return this.destroy();
  }
}

/**
 * Of a host that vanished no packet tells, and the kernel resends for a quarter of an hour before it gives up what was
 * sent to it. pg's own `query_timeout` would leave the connection in the pool, with the query on it.
 */
function openSocket(silenceSeconds: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceSeconds * 1000, () => {
    const error = new Error(`Postgres said nothing for ${silenceSeconds} s.`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  });
  return socket;
}

const int8TypeId: number = pg.types.builtins.INT8;

const getTypeParser: typeof pg.types.getTypeParser = (typeId: number, format?: 'text' | 'binary') =>
  typeId === int8TypeId && format !== 'binary' ? parseInt8 : pg.types.getTypeParser(typeId, format);

/** Sizes and counters fit a number; one that does not would be silently wrong. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is too large for a number`);
  return value;
}
