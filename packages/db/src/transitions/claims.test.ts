import { makeSentence } from '@holdout/contracts';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { listEvents } from '../tables/evaluation-events.js';
import { findSubmission } from '../tables/submissions.js';
import { type SeededPhase, seedPhase, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { countRows, expireLease, useDatabases } from '../testing/use-databases.js';
import { claimEvaluation } from './claim-evaluation.js';
import { claimScoring } from './claim-scoring.js';
import { cancelEvaluation, failEvaluation, rejectEvaluation } from './end-evaluation.js';
import { appendLog, recordProgress, releaseLease, renewLease } from './hold-lease.js';
import { finishRunning, startRunning } from './run-evaluation.js';

const databases = useDatabases();

const progress = { stage: 'checking', imagesDone: 1, imagesTotal: 2 } as const;
const predictions = { predictionsDigest: sha256('predictions'), provenance: {} };

async function seed(phase?: SeededPhase) {
  return seedSubmission(databases.owner, phase ?? (await seedPhase(databases.owner)));
}

function claim(evaluationId: string, owner = 'worker') {
  return claimEvaluation(databases.evaluator, { evaluationId, owner, leaseSeconds: 30 });
}

/** Everything a worker may write, with what each answers where it may not. */
const writes = (held: { evaluationId: string; leaseToken: number }) => [
  () => renewLease(databases.evaluator, { ...held, leaseSeconds: 30 }),
  () => recordProgress(databases.evaluator, { ...held, ...progress }),
  () => appendLog(databases.evaluator, { ...held, lines: ['still here'] }),
  () => startRunning(databases.evaluator, held),
  () => finishRunning(databases.evaluator, { ...held, ...predictions }),
  () => rejectEvaluation(databases.evaluator, { ...held, code: 'runner_crashed' }),
  () => failEvaluation(databases.evaluator, { ...held, code: 'internal' }),
  () => releaseLease(databases.evaluator, { ...held, costsAttempt: true }),
];

it('gives an evaluation to one of twenty workers that ask at once', async () => {
  const { evaluationId } = await seed();
  const claims = await Promise.all(Array.from({ length: 20 }, (_, worker) => claim(evaluationId, `worker ${worker}`)));
  expect(claims.filter(Boolean)).toHaveLength(1);
  const states = (await listEvents(databases.owner, evaluationId, 0)).filter((event) => event.kind === 'state');
  expect(states).toHaveLength(2);
});

it('gives an expired lease to one of twenty workers, in the state it was in', async () => {
  const { evaluationId, submissionId } = await seed();
  const first = await claim(evaluationId);
  expect(await startRunning(databases.evaluator, { evaluationId, leaseToken: first?.leaseToken ?? 0 })).toBe(true);
  expect(await claim(evaluationId)).toBeNull();
  const half = { stage: 'running', imagesDone: 1, imagesTotal: 2 } as const;
  await recordProgress(databases.evaluator, { evaluationId, leaseToken: 1, ...half });
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ progress: half });
  await expireLease(databases.owner, evaluationId);
  const claims = await Promise.all(Array.from({ length: 20 }, (_, worker) => claim(evaluationId, `worker ${worker}`)));
  const [second, ...others] = claims.filter((each) => each !== null);
  expect(others).toEqual([]);
  expect(second).toMatchObject({ state: 'running', attempts: 2, leaseToken: 2 });
  const submission = await findSubmission(databases.owner, submissionId);
  expect(submission).toMatchObject({ state: 'running', progress: null });
  expect((await listEvents(databases.owner, evaluationId, 0)).at(-1)).toMatchObject({
    kind: 'log',
    data: { line: 'The worker that ran this was lost; attempt 2 of 3 begins.' },
  });
});

it('fails an evaluation whose attempts are spent', async () => {
  const { evaluationId, submissionId } = await seed();
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    expect(await claim(evaluationId)).toMatchObject({ attempts: attempt });
    await expireLease(databases.owner, evaluationId);
  }
  expect(await claim(evaluationId)).toBeNull();
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({
    state: 'failed',
    reason: { code: 'attempts_spent', detail: expect.stringContaining('3 times') },
  });
  expect(await claim(evaluationId)).toBeNull();
});

it('fails a scoring whose attempts are spent, which has a count of its own', async () => {
  const { evaluationId, submissionId } = await seed();
  await claim(evaluationId);
  await startRunning(databases.evaluator, { evaluationId, leaseToken: 1 });
  await finishRunning(databases.evaluator, { evaluationId, leaseToken: 1, ...predictions });
  const scorer = { evaluationId, owner: 'scorer', leaseSeconds: 30, maxAttempts: 2 };
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const claims = await Promise.all([1, 2, 3].map(() => claimScoring(databases.owner, scorer)));
    expect(claims.filter(Boolean)).toMatchObject([{ attempts: attempt }]);
    await expireLease(databases.owner, evaluationId);
  }
  expect(await claimScoring(databases.owner, scorer)).toBeNull();
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({
    state: 'failed',
    reason: { code: 'attempts_spent' },
  });
});

it('lets a worker that lost its lease write nothing', async () => {
  const { evaluationId } = await seed();
  const lost = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  await expireLease(databases.owner, evaluationId);
  await claim(evaluationId);
  const before = await databases.owner.selectFrom('evaluations').selectAll().execute();
  const events = await countRows(databases.owner, 'evaluationEvents');
  for (const write of writes(lost)) expect(['lost', false]).toContain(await write());
  expect(await databases.owner.selectFrom('evaluations').selectAll().execute()).toEqual(before);
  expect(await countRows(databases.owner, 'evaluationEvents')).toBe(events);
});

it('tells a worker that its evaluation was cancelled, and lets it write nothing', async () => {
  const { evaluationId, submissionId } = await seed();
  const held = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  expect(await cancelEvaluation(databases.owner, { evaluationId, by: 'team' })).toBe(true);
  expect(await cancelEvaluation(databases.owner, { evaluationId, by: 'team' })).toBe(false);
  const events = await countRows(databases.owner, 'evaluationEvents');
  for (const write of writes(held)) expect(['cancelled', false]).toContain(await write());
  expect(await countRows(databases.owner, 'evaluationEvents')).toBe(events);
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ state: 'cancelled', reason: null });
  expect(await claim(evaluationId)).toBeNull();
});

it('ends once, whoever asks for what at the same time', async () => {
  const phase = await seedPhase(databases.owner);
  for (let round = 0; round < 10; round += 1) {
    const { evaluationId } = await seed(phase);
    const held = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
    const endings = await Promise.all([
      cancelEvaluation(databases.owner, { evaluationId, by: 'team' }),
      rejectEvaluation(databases.evaluator, { ...held, code: 'runner_crashed' }),
      failEvaluation(databases.evaluator, { ...held, code: 'internal' }),
      cancelEvaluation(databases.owner, { evaluationId, by: 'team' }),
    ]);
    expect(endings.filter(Boolean)).toHaveLength(1);
    const states = (await listEvents(databases.owner, evaluationId, 0)).map((event) => event.kind);
    expect(states).toEqual(['state', 'state', 'state']);
  }
});

it('still holds an expired lease that nobody took', async () => {
  const { evaluationId } = await seed();
  const held = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  await expireLease(databases.owner, evaluationId);
  expect(await renewLease(databases.evaluator, { ...held, leaseSeconds: 30 })).toBe('held');
  expect(await claim(evaluationId)).toBeNull();
});

it('hands a lease back, with or without the attempt', async () => {
  const { evaluationId } = await seed();
  const first = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  expect(await releaseLease(databases.evaluator, { ...first, costsAttempt: false })).toBe(true);
  expect(await renewLease(databases.evaluator, { ...first, leaseSeconds: 30 })).toBe('lost');
  const second = await claim(evaluationId);
  expect(second).toMatchObject({ attempts: 1, state: 'checking' });
  const held = { evaluationId, leaseToken: second?.leaseToken ?? 0 };
  expect(await releaseLease(databases.evaluator, { ...held, costsAttempt: true })).toBe(true);
  expect(await claim(evaluationId)).toMatchObject({ attempts: 2 });
  // No worker was lost, and none is said to be.
  const events = await listEvents(databases.owner, evaluationId, 0);
  expect(events.map((event) => event.kind)).toEqual(['state', 'state']);
});

it('keeps the reason of a rejection', async () => {
  const { evaluationId, submissionId } = await seed();
  const held = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  const sentences = [makeSentence('ended_by_signal', { signal: 'SIGSEGV' })];
  const told = { code: 'output_shape', detail: 'It has 3 values.', sentences } as const;
  expect(await rejectEvaluation(databases.evaluator, { ...held, ...told })).toBe(true);
  const reason = { ...told, stage: 'checking', alsoOnSample: true };
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ state: 'rejected', reason });
  expect((await listEvents(databases.owner, evaluationId, 0)).at(-1)?.data).toEqual({ state: 'rejected', reason });
});

it('keeps what a team’s program says, whatever it is', async () => {
  const { evaluationId, submissionId } = await seed();
  const held = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  const odd = 'NUL \u0000, half a pair \ud83d, a pair 😀, \\u0000';
  const kept = 'NUL \uFFFD, half a pair \uFFFD, a pair 😀, \\u0000';
  expect(await appendLog(databases.evaluator, { ...held, lines: [odd] })).toBe('held');
  const many = Array.from({ length: 25_000 }, (_, line) => `line ${line}`);
  expect(await appendLog(databases.evaluator, { ...held, lines: many })).toBe('held');
  const events = await listEvents(databases.owner, evaluationId, 0, 30_000);
  expect(events.slice(2).map((event) => event.data)).toEqual([kept, ...many].map((line) => ({ line })));
  expect(await rejectEvaluation(databases.evaluator, { ...held, code: 'inference_failed', detail: odd })).toBe(true);
  const reason = { code: 'inference_failed', detail: kept };
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ state: 'rejected', reason });
});

it('writes no event behind one that was read', async () => {
  const { evaluationId } = await seed();
  const held = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  let writing = true;
  const seen: number[] = [];
  const watch = (async () => {
    while (writing) {
      for (const event of await listEvents(databases.owner, evaluationId, seen.at(-1) ?? 0)) seen.push(event.id);
    }
  })();
  await Promise.all(
    Array.from({ length: 15 }, async (_, writer) => {
      for (let line = 0; line < 10; line += 1) {
        await appendLog(databases.evaluator, { ...held, lines: [`${writer} ${line}`, 'and more'] });
      }
    }),
  );
  writing = false;
  await watch;
  for (const event of await listEvents(databases.owner, evaluationId, seen.at(-1) ?? 0)) seen.push(event.id);
  const all = await databases.owner.selectFrom('evaluationEvents').select('id').orderBy('id').execute();
  expect(seen).toEqual(all.map((event) => event.id));
  expect(all).toHaveLength(2 + 15 * 10 * 2);
});

it('counts leases by the database’s clock', async () => {
  const { evaluationId } = await seed();
  await claim(evaluationId);
  const { rows } = await sql<{ seconds: number }>`
    SELECT extract(epoch FROM lease_expires_at - checking_at)::float AS seconds FROM evaluations`.execute(
    databases.owner,
  );
  expect(rows[0]?.seconds).toBe(30);
});

it('tells what is left of the check, and then that it runs; or nothing of both', async () => {
  const { evaluationId, submissionId } = await seed();
  const held = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  const report = {
    lines: ['first', 'second'],
    progress: { stage: 'checking', imagesDone: 2, imagesTotal: 2 },
  } as const;
  const before = await listEvents(databases.owner, evaluationId, 0);
  expect(await startRunning(databases.evaluator, { ...held, leaseToken: 9, report })).toBe(false);
  expect(await listEvents(databases.owner, evaluationId, 0)).toEqual(before);
  expect(await startRunning(databases.evaluator, { ...held, report })).toBe(true);
  const told = (await listEvents(databases.owner, evaluationId, 0)).slice(before.length);
  expect(told.map(({ kind, data }) => [kind, data])).toEqual([
    ['log', { line: 'first' }],
    ['log', { line: 'second' }],
    ['progress', report.progress],
    ['state', { state: 'running', reason: null }],
  ]);
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ progress: report.progress });
});

it('writes no event behind one that was read already, however many write at once', async () => {
  const { evaluationId } = await seed();
  const held = { evaluationId, leaseToken: (await claim(evaluationId))?.leaseToken ?? 0 };
  let isWriting = true;
  const writing = Promise.all(
    Array.from({ length: 100 }, (_, place) => appendLog(databases.evaluator, { ...held, lines: [`line ${place}`] })),
  ).finally(() => {
    isWriting = false;
  });
  const followed: number[] = [];
  const readOn = async () => {
    for (const { id } of await listEvents(databases.owner, evaluationId, followed.at(-1) ?? 0)) followed.push(id);
  };
  while (isWriting) await readOn();
  await writing;
  await readOn();
  expect(followed).toEqual((await listEvents(databases.owner, evaluationId, 0)).map(({ id }) => id));
  expect(followed).toHaveLength(102);
});
