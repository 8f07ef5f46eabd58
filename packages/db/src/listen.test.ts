import { sql } from 'kysely';
import { afterEach, expect, it, vi } from 'vitest';
import { type EvaluationChange, type Listener, listen } from './listen.js';
import { seedPhase, seedSubmission } from './testing/seed-phase.js';
import { openSilentGate } from './testing/silent-gate.js';
import { useDatabases } from './testing/use-databases.js';
import { changeState } from './transitions/change-state.js';
import { claimEvaluation } from './transitions/claim-evaluation.js';
import { cancelEvaluation } from './transitions/end-evaluation.js';
import { appendLog } from './transitions/hold-lease.js';

const databases = useDatabases();
const listeners: Listener[] = [];
afterEach(() => Promise.all(listeners.splice(0).map((listener) => listener.close())));

async function hear(onReconnected = () => {}): Promise<EvaluationChange[]> {
  const heard: EvaluationChange[] = [];
  const listener = await listen(databases.urls.ownerUrl, (change) => heard.push(change), { onReconnected });
  listeners.push(listener);
  return heard;
}

const breakListeners = () =>
  sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdout-listen'`.execute(
    databases.owner,
  );

it('hears what was committed, and nothing that was rolled back', async () => {
  const heard = await hear();
  const phase = await seedPhase(databases.owner);
  const { submissionId, evaluationId } = await seedSubmission(databases.owner, phase);
  const change = { evaluationId, submissionId, phaseId: phase.phaseId };
  await vi.waitFor(() => expect(heard).toEqual([change]), 10_000);
  await expect(
    databases.owner.transaction().execute(async (trx) => {
      expect(await changeState(trx, 'cancelled', { evaluationId })).toBe(true);
      throw new Error('taken back');
    }),
  ).rejects.toThrow('taken back');
  await sql`SELECT pg_notify('holdout_events', 'not a change')`.execute(databases.owner);
  await sql`SELECT pg_notify('holdout_events', '{"evaluationId": 1}')`.execute(databases.owner);
  const last = await seedSubmission(databases.owner, phase);
  await vi.waitFor(() => expect(heard.at(-1)?.evaluationId).toBe(last.evaluationId), 10_000);
  expect(heard).toHaveLength(2);
});

it('has told of everything that was committed before it is asked whether it has', async () => {
  const { owner, urls } = databases;
  const heard: EvaluationChange[] = [];
  const listener = await listen(urls.ownerUrl, (change) => heard.push(change));
  listeners.push(listener);
  const phase = await seedPhase(owner);
  for (let round = 1; round <= 100; round += 1) {
    const { evaluationId } = await seedSubmission(owner, phase);
    await listener.caughtUp();
    expect(heard.map((change) => change.evaluationId)).toContain(evaluationId);
  }
  await breakListeners();
  await vi.waitFor(() => expect(listener.caughtUp()).rejects.toThrow(), 10_000);
});

it('tells progress from what moves a board', async () => {
  const { owner } = databases;
  const heard = await hear();
  const { evaluationId } = await seedSubmission(owner, await seedPhase(owner));
  const claim = await claimEvaluation(owner, { evaluationId, owner: 'test', leaseSeconds: 60 });
  await appendLog(owner, { evaluationId, leaseToken: claim?.leaseToken ?? 0, lines: ['a line'] });
  expect(await cancelEvaluation(owner, { evaluationId, by: 'team' })).toBe(true);
  await vi.waitFor(
    () => expect(heard.map((change) => change.progress ?? false)).toEqual([false, true, true, false]),
    10_000,
  );
});

it('connects again by itself, as often as it breaks, and says so', async () => {
  const onReconnected = vi.fn();
  const heard = await hear(onReconnected);
  const phase = await seedPhase(databases.owner);
  for (let round = 1; round <= 3; round += 1) {
    await breakListeners();
    await vi.waitFor(() => expect(onReconnected).toHaveBeenCalledTimes(round), 10_000);
    const { evaluationId } = await seedSubmission(databases.owner, phase);
    await vi.waitFor(() => expect(heard.at(-1)?.evaluationId).toBe(evaluationId), 10_000);
    expect(await cancelEvaluation(databases.owner, { evaluationId, by: 'team' })).toBe(true);
    await vi.waitFor(() => expect(heard).toHaveLength(2 * round), 10_000);
  }
});

it('leaves no connection behind when it is closed, also while it reconnects', async () => {
  await hear();
  const [listener] = listeners.splice(0);
  await breakListeners();
  await listener?.close();
  await listener?.close();
  await vi.waitFor(async () => {
    const { rows } = await sql`
      SELECT pid FROM pg_stat_activity WHERE application_name = 'holdout-listen'`.execute(databases.owner);
    expect(rows).toEqual([]);
  }, 10_000);
});

it('notices a network that was cut without a word, and closes over one', async () => {
  const gate = await openSilentGate(databases.urls.ownerUrl);
  const heard: EvaluationChange[] = [];
  const onReconnected = vi.fn();
  const listener = await listen(gate.url, (change) => heard.push(change), { aliveSeconds: 2, onReconnected });
  expect(gate.sockets.size).toBe(1);
  gate.silence();
  await vi.waitFor(() => expect(onReconnected).toHaveBeenCalled(), 30_000);
  const phase = await seedPhase(databases.owner);
  const told: string[] = [];
  const hearsAgain = async () => {
    // Of a change during one more break nobody is told: each attempt makes another one.
    told.push((await seedSubmission(databases.owner, phase)).evaluationId);
    expect(told).toContain(heard.at(-1)?.evaluationId);
  };
  await vi.waitFor(hearsAgain, { timeout: 30_000, interval: 500 });
  await vi.waitFor(() => expect(gate.sockets.size).toBe(1), 30_000);
  gate.freeze();
  await listener.close();
  await gate.close();
});

it('says that the database can’t be reached', async () => {
  // Nothing listens on port 1.
  await expect(listen('postgres://nobody:x@127.0.0.1:1/none', () => {})).rejects.toMatchObject({
    code: 'database_unavailable',
  });
});
