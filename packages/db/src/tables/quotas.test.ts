import type { Quotas } from '@holdout/contracts';
import { HoldoutError } from '@holdout/contracts';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { type SeededPhase, scoreOf, seedPhase, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { claimEvaluation } from '../transitions/claim-evaluation.js';
import { claimScoring } from '../transitions/claim-scoring.js';
import { cancelEvaluation, failEvaluation, rejectEvaluation } from '../transitions/end-evaluation.js';
import { publishScore } from '../transitions/publish-score.js';
import { rerunEvaluations } from '../transitions/rerun-evaluations.js';
import { finishRunning, startRunning } from '../transitions/run-evaluation.js';
import { readQuotaUse } from './quotas.js';
import { insertTeam } from './teams.js';

const databases = useDatabases();
const unlimited: Quotas = { perDay: null, total: null, atOnce: null };

async function seedLimited(quotas: Partial<Quotas>): Promise<SeededPhase> {
  const seeded = await seedPhase(databases.owner);
  const { perDay, total, atOnce } = { ...unlimited, ...quotas };
  await databases.owner
    .updateTable('phases')
    .set({ quotaPerDay: perDay, quotaTotal: total, quotaAtOnce: atOnce })
    .where('id', '=', seeded.phaseId)
    .execute();
  return seeded;
}

/** Moves a submission into the past. */
async function age(submissionId: string, hours: number): Promise<void> {
  await sql`UPDATE submissions SET submitted_at = now() - make_interval(secs => ${hours * 3600})
    WHERE id = ${submissionId}`.execute(databases.owner);
}

async function begin(evaluationId: string): Promise<{ evaluationId: string; leaseToken: number }> {
  const claim = await claimEvaluation(databases.owner, { evaluationId, owner: 'worker', leaseSeconds: 60 });
  if (!claim) throw new Error('not claimed');
  return { evaluationId, leaseToken: claim.leaseToken };
}

async function catchRefusal(submitting: Promise<unknown>): Promise<HoldoutError> {
  const caught = await submitting.then(
    () => null,
    (error: unknown) => error,
  );
  if (caught instanceof HoldoutError) return caught;
  throw caught ?? new Error('It was accepted.');
}

it('counts the last 24 hours to the second, and says when the next is allowed', async () => {
  const seeded = await seedLimited({ perDay: 2 });
  const [first, second] = [
    await seedSubmission(databases.owner, seeded),
    await seedSubmission(databases.owner, seeded),
  ];
  await age(first.submissionId, 23);
  await age(second.submissionId, 2);
  const refusal = await catchRefusal(seedSubmission(databases.owner, seeded));
  expect(refusal.code).toBe('quota_exceeded');
  const inAnHour = Date.now() + 3600_000;
  const named = /2 of 2 in 24 hours are used; the next is allowed at (\S+)\.$/.exec(refusal.detail ?? '')?.[1] ?? '';
  expect(Math.abs(Date.parse(named) - inAnHour)).toBeLessThan(10_000);
  expect(refusal.retryAfterSeconds).toBeGreaterThan(3590);
  expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(3600);

  await age(first.submissionId, 24.01);
  await seedSubmission(databases.owner, seeded);
  const { used } = await readQuotaUse(databases.owner, seeded);
  expect(used).toEqual({ perDay: 2, total: 3, atOnce: 3 });
});

it('names the time when enough of too many have passed', async () => {
  const seeded = await seedLimited({});
  for (const hours of [20, 10, 5]) await age((await seedSubmission(databases.owner, seeded)).submissionId, hours);
  await databases.owner.updateTable('phases').set({ quotaPerDay: 1 }).where('id', '=', seeded.phaseId).execute();
  const { refusal } = await readQuotaUse(databases.owner, seeded);
  // All three must pass before one is free: the latest does in 19 hours.
  expect(Math.round((refusal?.waitSeconds ?? 0) / 3600)).toBe(19);
});

it('allows so many in all, and then says that there is no further one', async () => {
  const seeded = await seedLimited({ perDay: 2, total: 2 });
  for (const hours of [50, 40]) await age((await seedSubmission(databases.owner, seeded)).submissionId, hours);
  const refusal = await catchRefusal(seedSubmission(databases.owner, seeded));
  expect(refusal.detail).toBe('2 of 2 in all are used; this phase allows no further one.');
  expect(refusal.retryAfterSeconds).toBeUndefined();
});

it('allows so many at one time, until one has ended', async () => {
  const seeded = await seedLimited({ atOnce: 1 });
  const held = await begin((await seedSubmission(databases.owner, seeded)).evaluationId);
  const refusal = await catchRefusal(seedSubmission(databases.owner, seeded));
  expect(refusal.detail).toBe('1 of 1 at one time are under way; the next is allowed when one has ended.');
  await rejectEvaluation(databases.owner, { ...held, code: 'output_shape' });
  await seedSubmission(databases.owner, seeded);
});

it('counts what was rejected, or cancelled after it had run; not what failed by our fault, never ran or was stopped by a warning', async () => {
  const seeded = await seedLimited({});
  const submit = async () => (await seedSubmission(databases.owner, seeded)).evaluationId;
  const used = async () => (await readQuotaUse(databases.owner, seeded)).used;
  await failEvaluation(databases.owner, { ...(await begin(await submit())), code: 'internal' });
  expect(await used()).toEqual({ perDay: 0, total: 0, atOnce: 0 });
  const cancelledEarly = await begin(await submit());
  await cancelEvaluation(databases.owner, { evaluationId: cancelledEarly.evaluationId, by: 'team' });
  expect(await used()).toEqual({ perDay: 0, total: 0, atOnce: 0 });
  const cancelledLate = await begin(await submit());
  await startRunning(databases.owner, cancelledLate);
  await cancelEvaluation(databases.owner, { evaluationId: cancelledLate.evaluationId, by: 'team' });
  expect(await used()).toEqual({ perDay: 1, total: 1, atOnce: 0 });
  await rejectEvaluation(databases.owner, { ...(await begin(await submit())), code: 'output_shape' });
  expect(await used()).toEqual({ perDay: 2, total: 2, atOnce: 0 });
  await rejectEvaluation(databases.owner, { ...(await begin(await submit())), code: 'check_warned' });
  expect(await used()).toEqual({ perDay: 2, total: 2, atOnce: 0 });
});

it('goes by the last word where organisers run it again: gives back what a fault of ours cost, and takes nothing', async () => {
  const { owner } = databases;
  const seeded = await seedLimited({});
  const counted = async () => (await readQuotaUse(owner, seeded)).used.total;
  const rerun = async (submissionId: string) => {
    const [evaluationId = ''] = await rerunEvaluations(owner, { ...seeded, which: { submissionId }, actor: 'ada' });
    return await begin(evaluationId);
  };
  const score = async (held: { evaluationId: string; leaseToken: number }) => {
    await startRunning(owner, held);
    await finishRunning(owner, { ...held, predictionsDigest: sha256('predictions'), provenance: {} });
    const claim = await claimScoring(owner, { ...held, owner: 'scorer', leaseSeconds: 60 });
    const published = { score: scoreOf(0.5), scorerVersion: '1', provenance: {} };
    expect(await publishScore(owner, { ...held, leaseToken: claim?.leaseToken ?? 0, ...published })).toBe(true);
  };

  // Its workers were killed from outside.
  const blamed = await seedSubmission(owner, seeded);
  await rejectEvaluation(owner, { ...(await begin(blamed.evaluationId)), code: 'worker_killed' });
  expect(await counted()).toBe(1);
  const again = await rerun(blamed.submissionId);
  expect(await counted()).toBe(1);
  await failEvaluation(owner, { ...again, code: 'internal' });
  expect(await counted()).toBe(0);
  await score(await rerun(blamed.submissionId));
  expect(await counted()).toBe(1);
  await failEvaluation(owner, { ...(await rerun(blamed.submissionId)), code: 'internal' });
  expect(await counted()).toBe(1);

  // What was free from the first stays so: its team may have used it otherwise.
  const failed = await seedSubmission(owner, seeded);
  await failEvaluation(owner, { ...(await begin(failed.evaluationId)), code: 'internal' });
  await score(await rerun(failed.submissionId));
  expect(await counted()).toBe(1);
});

it('is a matter between one team and one phase', async () => {
  const [seeded, other] = [await seedLimited({ total: 1 }), await seedLimited({ total: 1 })];
  await seedSubmission(databases.owner, seeded);
  await seedSubmission(databases.owner, { ...other, teamId: seeded.teamId });
  const teamId = await insertTeam(databases.owner, `another ${sha256(seeded.teamId)}`);
  await seedSubmission(databases.owner, { ...seeded, teamId });
  expect((await catchRefusal(seedSubmission(databases.owner, seeded))).code).toBe('quota_exceeded');
});

it.each([{ perDay: 3 }, { total: 3 }, { atOnce: 3 }])(
  'is never exceeded by one, however many come at once: %j',
  async (quotas) => {
    const seeded = await seedLimited(quotas);
    const attempts = Array.from({ length: 20 }, (_, index) =>
      seedSubmission(databases.owner, seeded, `model ${index}`),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'quota_exceeded' });
    }
    expect((await readQuotaUse(databases.owner, seeded)).used.total).toBe(3);
  },
);
