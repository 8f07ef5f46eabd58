import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { useDatabases } from '../testing/use-databases.js';
import { deleteExpired } from './expired.js';

const databases = useDatabases();

it('deletes what is over, and nothing else', async () => {
  const { owner } = databases;
  await sql`INSERT INTO users (name, email) VALUES ('Ada', 'ada@example.org')`.execute(owner);
  await sql`INSERT INTO outbox (recipient, subject, text, at) VALUES
    ('old', '', '', now() - interval '31 days'), ('new', '', '', now() - interval '29 days')`.execute(owner);
  for (const [name, when] of [
    ['old', '-2 hours'],
    ['new', '2 hours'],
  ] as const) {
    const at = sql`now() + ${when}::interval`;
    await sql`INSERT INTO sessions (user_id, token, expires_at) SELECT id, ${name}, ${at} FROM users`.execute(owner);
    await sql`INSERT INTO verifications (identifier, value, expires_at) VALUES (${name}, '', ${at})`.execute(owner);
    await sql`INSERT INTO device_codes (device_code, user_code, expires_at, status)
      VALUES (${name}, ${name}, ${at}, 'pending')`.execute(owner);
  }
  await deleteExpired(owner);
  const { rows } = await sql<{ name: string }>`
    SELECT token AS name FROM sessions UNION ALL SELECT identifier FROM verifications
    UNION ALL SELECT device_code FROM device_codes UNION ALL SELECT recipient FROM outbox`.execute(owner);
  expect(rows.map(({ name }) => name)).toEqual(['new', 'new', 'new', 'new']);
});
