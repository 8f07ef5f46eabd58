import { sql } from 'kysely';
import { expect, it, vi } from 'vitest';
import { isConnectionError } from './connection-error.js';
import { openDatabase, type Queryable } from './open-database.js';
import { openSilentGate } from './testing/silent-gate.js';
import { useDatabases } from './testing/use-databases.js';

const databases = useDatabases();
const errorOf = async (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error);
const nobodyListens = 'postgres://postgres:x@127.0.0.1:1/none';

it('says that the database can’t be reached', async () => {
  const away = openDatabase({ url: nobodyListens, applicationName: 'test' });
  await expect(away.ping()).rejects.toMatchObject({ code: 'database_unavailable' });
  await databases.owner.ping();
  await away.close();
});

it('knows a connection’s errors from a query’s', async () => {
  const away = openDatabase({ url: nobodyListens, applicationName: 'test' });
  expect(isConnectionError(await errorOf(sql`SELECT 1`.execute(away)))).toBe(true);
  expect(isConnectionError(await errorOf(sql`SELECT 1 / 0`.execute(databases.owner)))).toBe(false);
  const ended = databases.owner.connection().execute(async (connection) => {
    await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(connection);
  });
  expect(isConnectionError(await errorOf(ended))).toBe(true);
  expect(isConnectionError(new TypeError('x'))).toBe(false);
  await away.close();
});

it('survives connections that break while idle', async () => {
  await Promise.all([1, 2, 3].map(() => sql`SELECT pg_sleep(0.05)`.execute(databases.owner)));
  const admin = openDatabase({ url: databases.urls.ownerUrl, applicationName: 'test-admin', maxConnections: 1 });
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-owner'`.execute(
    admin,
  );
  await admin.close();
  // A query may still meet a broken connection; the pool then has one less of them.
  await vi.waitFor(async () => {
    const { rows } = await sql<{ answer: number }>`SELECT 41 + 1 AS answer`.execute(databases.owner);
    expect(rows).toEqual([{ answer: 42 }]);
  }, 10_000);
});

it('gives up what is on a network that was cut without a word, and goes on where another way is open', async () => {
  const gate = await openSilentGate(databases.urls.ownerUrl);
  const database = openDatabase({ url: gate.url, applicationName: 'test-cut', maxConnections: 1, silenceSeconds: 3 });
  const ask = (of: Queryable) => sql<{ answer: number }>`SELECT 41 + 1 AS answer`.execute(of);
  await ask(database);
  gate.silence();
  expect(isConnectionError(await errorOf(ask(database)))).toBe(true);
  // The connection is not used again, also not by a transaction that was under way.
  expect((await ask(database)).rows).toEqual([{ answer: 42 }]);
  const changing = database.transaction().execute(async (trx) => {
    await ask(trx);
    gate.silence();
    await ask(trx);
  });
  expect(isConnectionError(await errorOf(changing))).toBe(true);
  expect((await ask(database)).rows).toEqual([{ answer: 42 }]);
  await database.close();
  await gate.close();
}, 60_000);

it('lets go of a row whose holder has stopped', async () => {
  const { rows } = await sql`SHOW idle_in_transaction_session_timeout`.execute(databases.owner);
  expect(rows).toEqual([{ idleInTransactionSessionTimeout: '30s' }]);
});

it('reads a bigint as a number, and refuses one that would not be exact', async () => {
  const read = (text: string) => sql<{ value: number }>`SELECT ${text}::bigint AS value`.execute(databases.owner);
  expect((await read('9007199254740991')).rows).toEqual([{ value: 9_007_199_254_740_991 }]);
  await expect(read('9007199254740993')).rejects.toThrow('too large');
});
