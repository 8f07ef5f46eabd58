import { randomUUID } from 'node:crypto';
import { insertUpload, takeUploadLock } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { UploadLocks } from './upload-locks.js';

let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

/** Locks a new upload; `isAskedBack` says whether its holder was told to give it up. */
async function lockUpload() {
  const { database } = server;
  const id = randomUUID();
  const phase = await findPhaseOrThrow(database, { competition: 'mura', phase: 'test' });
  const upload = { id, teamId: seeded.alpha.teamId, phaseId: phase.id, sizeBytes: 1, metadata: {} };
  await insertUpload(database, upload, { limit: 8 });
  const lock = new UploadLocks(database).newLock(id);
  let asked = false;
  await lock.lock(new AbortController().signal, () => {
    asked = true;
  });
  return { id, lock, isAskedBack: () => asked };
}

it('is given up where Postgres takes a renewal and does not answer', {
  timeout: 60_000,
}, async () => {
  const { database } = server;
  const { id, lock, isAskedBack } = await lockUpload();
  // While somebody else has the row every renewal hangs.
  await database.transaction().execute(async (trx) => {
    await trx.selectFrom('uploads').select('id').where('id', '=', id).forUpdate().execute();
    await expect.poll(isAskedBack, { timeout: 25_000 }).toBe(true);
  });
  await lock.unlock();
});

it('is kept for as long as Postgres answers and nobody else waits', { timeout: 60_000 }, async () => {
  const { database } = server;
  const { id, lock, isAskedBack } = await lockUpload();
  const expiry = async () =>
    (
      await database.selectFrom('uploads').select('lockExpiresAt').where('id', '=', id).executeTakeFirstOrThrow()
    ).lockExpiresAt?.getTime() ?? 0;
  const first = await expiry();
  await expect.poll(expiry, { timeout: 40_000 }).toBeGreaterThan(first + 10_000);
  expect(isAskedBack()).toBe(false);
  expect(await takeUploadLock(database, { uploadId: id, owner: randomUUID(), seconds: 1 })).toBe('held');
  await expect.poll(isAskedBack, { timeout: 20_000 }).toBe(true);
  await lock.unlock();
  expect(await takeUploadLock(database, { uploadId: id, owner: randomUUID(), seconds: 1 })).toBe('taken');
});
