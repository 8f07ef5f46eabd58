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
}

const connectTimeoutMilliseconds = 10_000;
const transactionPauseMilliseconds = 30_000;

/** Opens a pool of connections. Nothing is connected until the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  return new Database(options);
}

/** The database, through typed queries. Functions of this package take it as their first argument. */
export class Database extends Kysely<Schema> {
  constructor({ url, applicationName, maxConnections = 10 }: DatabaseOptions) {
    const pool = new pg.Pool({
      connectionString: url,
      application_name: applicationName,
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMilliseconds,
      keepAlive: true,
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

const int8TypeId: number = pg.types.builtins.INT8;

const getTypeParser: typeof pg.types.getTypeParser = (typeId: number, format?: 'text' | 'binary') =>
  typeId === int8TypeId && format !== 'binary' ? parseInt8 : pg.types.getTypeParser(typeId, format);

/** Sizes and counters fit a number; one that does not would be silently wrong. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is too large for a number`);
  return value;
}
