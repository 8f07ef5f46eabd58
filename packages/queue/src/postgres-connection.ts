import { Queue as BullQueue, Worker as BullWorker, createPostgresBackend, isPgPool, runMigrations } from 'bullmq';
import pg from 'pg';
import { type Connection, connectTimeoutMilliseconds } from './connection.js';

/** BullMQ's own: it can't be told another where it is given a pool, as an ES module must. */
const schema = 'bullmq';

/** Room for the listening connections of two workers and a few queries at once. */
const maxConnections = 6;

/** BullMQ on Postgres. The schema must have been prepared by {@link preparePostgres}. */
export function connectPostgres(postgresUrl: string): Connection {
  const pool = new pg.Pool({
    connectionString: postgresUrl,
    application_name: 'holdout-queue',
    options: `-c search_path=${schema}`,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMilliseconds,
    keepAlive: true,
  });
  // A connection that breaks while idle is replaced; unheard, its error would end the process.
  pool.on('error', () => {});
  // The same for one that breaks between two queries of whoever has it; the next query tells of it.
  pool.on('connect', (client) => client.on('error', () => {}));
  // Always so: BullMQ describes pg's pool in words of its own, which the compiler can't match with pg's.
  if (!isPgPool(pool)) throw new TypeError('pg.Pool is not what BullMQ expects.');
  return {
    async openQueue(name) {
      const queue = new BullQueue(name, { connection: pool }, createPostgresBackend);
      queue.on('error', () => {});
      await queue.waitUntilReady();
      return queue;
    },
    makeWorker: (name, process, options) =>
      new BullWorker(name, process, { ...options, connection: pool }, createPostgresBackend),
    async ping() {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
}

/** Makes or updates BullMQ's schema and lets `roles` use it. Repeating it changes nothing. */
export async function preparePostgres(postgresUrl: string, roles: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl, application_name: 'holdout-queue-migrate' });
  await client.connect();
  try {
    await runMigrations(client, schema);
    for (const role of roles.map((name) => pg.escapeIdentifier(name))) {
      await client.query(`
        GRANT USAGE ON SCHEMA ${schema} TO ${role};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role};
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO ${role};
      `);
    }
  } finally {
    await client.end();
  }
}
