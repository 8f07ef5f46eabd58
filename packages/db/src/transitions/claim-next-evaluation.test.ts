import type { Hardware } from '@holdout/contracts';
import { sql } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import { readQueueAhead } from '../tables/queue-place.js';
import { readQueues } from '../tables/queue-reports.js';
import { findSubmission } from '../tables/submissions.js';
import { insertTeam } from '../tables/teams.js';
import { beat, registerWorker } from '../tables/workers.js';
import { manifest, type SeededPhase, seedPhase, sha256 } from '../testing/seed-phase.js';
import { countRows, expireLease, useDatabases } from '../testing/use-databases.js';
import { claimNextEvaluation } from './claim-next-evaluation.js';
import { cancelEvaluation } from './end-evaluation.js';
import { recordBundleStart, releaseLease } from './hold-lease.js';
import { insertSubmission } from './insert-submission.js';
import { mergeTeams } from './merge-teams.js';
import { rerunEvaluations } from './rerun-evaluations.js';

const databases = useDatabases();
let phase: SeededPhase;
/** The name of the submission that each evaluation is of: the team's and a number, such as `a 1`. */
const names = new Map<string, string>();
const teams = new Map<string, string>();

beforeEach(async () => {
  phase = await seedPhase(databases.owner);
  names.clear();
  teams.clear();
});

async function findOrMakeTeam(name: string): Promise<string> {
  const known = teams.get(name) ?? (await insertTeam(databases.owner, `${name} of ${phase.phaseId}`));
  teams.set(name, known);
  return known;
}

async function submit(team: string, count = 1, { phaseId = phase.phaseId, gpu = false } = {}): Promise<string[]> {
  const teamId = await findOrMakeTeam(team);
  const ids: string[] = [];
  for (let each = 0; each < count; each += 1) {
    const bundle = { bundleDigest: sha256('a bundle'), bundleSizeBytes: 1 };
    const program = { name: 'p', threshold: 0.5, engine: 'command', command: ['a'], image: null, gpu } as const;
    const command = { ...program, command: ['a'], memoryBytes: null, timeLimitSeconds: null, environment: {} };
    const submitted = { phaseId, teamId, manifest: gpu ? command : manifest, ...bundle };
    const { evaluationId } = await insertSubmission(databases.owner, submitted);
    const before = [...names.values()].filter((name) => name.startsWith(`${team} `)).length;
    names.set(evaluationId, `${team} ${before + 1}`);
    ids.push(evaluationId);
  }
  return ids;
}

async function claimNext(serves: Hardware[] = ['cpu', 'gpu']): Promise<string | null> {
  const lease = { owner: 'worker', leaseSeconds: 600 };
  const claim = await claimNextEvaluation(databases.evaluator, { ...lease, serves });
  return claim && (names.get(claim.evaluationId) ?? claim.evaluationId);
}

async function claimAll(): Promise<string[]> {
  const claimed: string[] = [];
  for (let next = await claimNext(); next !== null; next = await claimNext()) claimed.push(next);
  return claimed;
}

async function readPlace(evaluationId: string): Promise<number> {
  const { ahead } = await readQueueAhead(databases.owner, evaluationId);
  return 1 + ahead.reduce((sum, { count }) => sum + count, 0);
}

it('lets one team’s hundred hold up another’s one by no more than one of them', async () => {
  await submit('a', 100);
  expect(await claimNext()).toBe('a 1');
  const [single = ''] = await submit('b');
  expect(await readPlace(single)).toBe(2);
  expect([await claimNext(), await claimNext(), await claimNext()]).toEqual(['a 2', 'b 1', 'a 3']);
});

it('takes turns among teams, and each team’s own in their order', async () => {
  await submit('a', 3);
  await submit('b', 2);
  await submit('c', 1);
  expect(await claimAll()).toEqual(['a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'a 3']);
});

it('gives nobody a second turn before the others had one, who comes back at once or waited long', async () => {
  await submit('a', 5);
  await claimNext();
  await submit('b');
  expect(await claimNext()).toBe('a 2');
  expect(await claimNext()).toBe('b 1');
  await submit('b');
  expect([await claimNext(), await claimNext(), await claimNext()]).toEqual(['a 3', 'b 2', 'a 4']);
});

it('treats all alike again after nothing waited, however much each had before', async () => {
  await submit('a', 50);
  await claimAll();
  await submit('a', 3);
  await submit('b', 3);
  expect(await claimAll()).toEqual(['a 51', 'b 1', 'a 52', 'b 2', 'a 53', 'b 3']);
});

it('simulates teams that come and go: who waits is served once a round, by the place that was told', async () => {
  const random = makeRandom(20_261_127);
  const members = ['a', 'b', 'c', 'd', 'e', 'f'];
  const waiting = new Map(members.map((team) => [team, 0]));
  /** How often others were served since a team began to wait for its next. */
  const served = new Map<string, Map<string, number>>();
  for (let step = 0; step < 250; step += 1) {
    if (random() < 0.45) {
      const team = members[Math.floor(random() * random() * members.length)] ?? 'a';
      const count = random() < 0.1 ? 20 : 1;
      await submit(team, count);
      if (waiting.get(team) === 0) served.set(team, new Map());
      waiting.set(team, (waiting.get(team) ?? 0) + count);
    } else {
      const next = await findNextByPlace();
      const claimed = await claimNext();
      expect(claimed).toBe(next);
      if (claimed === null) continue;
      const [team = ''] = claimed.split(' ');
      waiting.set(team, (waiting.get(team) ?? 0) - 1);
      served.set(team, new Map());
      for (const [other, counts] of served) {
        if (other === team || waiting.get(other) === 0) continue;
        counts.set(team, (counts.get(team) ?? 0) + 1);
        // The turn that was the present one when it came, and the one after.
        expect(counts.get(team), `${other} waits while ${team} is served`).toBeLessThanOrEqual(2);
      }
    }
  }
}, 120_000);

async function findNextByPlace(): Promise<string | null> {
  const queued = await databases.owner.selectFrom('evaluations').select('id').where('state', '=', 'queued').execute();
  for (const { id } of queued) if ((await readPlace(id)) === 1) return names.get(id) ?? id;
  return null;
}

/** Mulberry32. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

it('leaves the turns of what is cancelled to the team’s next', async () => {
  const mine = await submit('a', 20);
  await submit('b', 20);
  for (const evaluationId of mine.slice(0, 19)) await cancelEvaluation(databases.owner, { evaluationId, by: 'team' });
  expect(await readPlace(mine[19] ?? '')).toBe(1);
  await submit('a');
  expect((await claimAll()).slice(0, 5)).toEqual(['a 20', 'b 1', 'b 2', 'a 21', 'b 3']);
});

it('takes a phase of higher priority first, and what waits follows where the priority changes', async () => {
  const urgent = await seedPhase(databases.owner);
  await submit('a', 2);
  await submit('b', 2, { phaseId: urgent.phaseId });
  await databases.owner.updateTable('phases').set({ priority: 3 }).where('id', '=', urgent.phaseId).execute();
  await submit('c', 1, { phaseId: urgent.phaseId });
  expect(await claimAll()).toEqual(['b 1', 'c 1', 'b 2', 'a 1', 'a 2']);
});

it('keeps the classes apart: a worker takes what it serves, and of two the one that it names first', async () => {
  const [cpu = ''] = await submit('a');
  const [gpu = ''] = await submit('b', 1, { gpu: true });
  await submit('c', 1, { gpu: true });
  expect(await readPlace(gpu)).toBe(1);
  expect(await claimNext(['cpu'])).toBe('a 1');
  expect(await claimNext(['cpu'])).toBeNull();
  expect(await claimNext(['gpu', 'cpu'])).toBe('b 1');
  await submit('d');
  expect(await claimNext(['cpu', 'gpu'])).toBe('d 1');
  expect(await readQueueAhead(databases.owner, cpu)).toMatchObject({ hardware: 'cpu', workers: 0 });
  const description = { sandbox: null, processor: '', cores: 1, memoryBytes: 1, gpuDevices: [], node: '', engines: [] };
  const worker = { kind: 'evaluating', machine: 'm', description, serves: ['cpu'] } as const;
  await registerWorker(databases.evaluator, { ...worker, name: 'm:1' });
  expect(await readQueueAhead(databases.owner, cpu)).toMatchObject({ hardware: 'cpu', workers: 1 });
  expect(await readQueueAhead(databases.owner, gpu)).toMatchObject({ hardware: 'gpu', workers: 0 });
});

it('moves what waits to the GPUs where its phase begins to need them', async () => {
  await submit('a', 2);
  await databases.owner.updateTable('phases').set({ hardware: 'gpu' }).execute();
  expect(await claimNext(['cpu'])).toBeNull();
  expect(await claimNext(['gpu'])).toBe('a 1');
});

it('gives what organisers run again one line among the teams’, however much it is', async () => {
  const ids = await submit('a', 6);
  for (const evaluationId of ids) {
    await claimNext();
    await sql`UPDATE evaluations SET state = 'failed', reason_code = 'internal', lease_owner = NULL,
      lease_expires_at = NULL WHERE id = ${evaluationId}`.execute(databases.owner);
  }
  const again = await rerunEvaluations(databases.owner, { phaseId: phase.phaseId, which: 'failed', actor: 'test' });
  expect(again).toHaveLength(6);
  await submit('b', 2);
  await submit('a');
  const claimed = (await claimAll()).slice(0, 5).map((name) => (again.includes(name) ? 'again' : name));
  expect(claimed).toEqual(['again', 'b 1', 'again', 'b 2', 'a 7']);
});

it('joins the lines of teams that merge', async () => {
  await submit('a', 2);
  await submit('b', 2);
  await submit('c', 2);
  const [fromId, intoId] = [await findOrMakeTeam('b'), await findOrMakeTeam('a')];
  await mergeTeams(databases.owner, { fromId, intoId, byOffer: false, actor: 'test' });
  const claimed = await claimAll();
  expect(claimed.slice(0, 4)).toEqual(['a 1', 'c 1', 'a 2', 'c 2']);
  expect(claimed.slice(4).sort()).toEqual(['b 1', 'b 2']);
});

it('gives each of a hundred workers that ask at once another one', async () => {
  for (const team of ['a', 'b', 'c', 'd']) await submit(team, 10);
  const claims = await Promise.all(Array.from({ length: 100 }, () => claimNext()));
  const claimed = claims.filter((each) => each !== null);
  expect(new Set(claimed).size).toBe(claimed.length);
  // One that was locked by another at that moment is found by the next who asks.
  expect([...claimed, ...(await claimAll())].sort()).toEqual([...names.values()].sort());
});

it('takes up first what a lost worker had', async () => {
  const [lost = ''] = await submit('a');
  await submit('b');
  expect(await claimNext()).toBe('a 1');
  await expireLease(databases.owner, lost);
  expect(await claimNext(['gpu'])).toBeNull();
  expect(await claimNext()).toBe('a 1');
});

it('takes up what was handed back before what waits, though its queue is never empty; at the moment that was asked for', async () => {
  const [handedBack = ''] = await submit('a');
  const submitOther = () => submit('b', 2);
  await submitOther();
  expect(await claimNext()).toBe('a 1');
  const held = { evaluationId: handedBack, costsAttempt: false };
  await recordBundleStart(databases.evaluator, { ...held, leaseToken: 1 });
  await releaseLease(databases.evaluator, { ...held, leaseToken: 1 });
  await submitOther();
  expect(await claimNext(['gpu'])).toBeNull();
  expect(await claimNext()).toBe('a 1');
  await recordBundleStart(databases.evaluator, { ...held, leaseToken: 2 });
  await releaseLease(databases.evaluator, { ...held, leaseToken: 2, waitSeconds: 600 });
  expect(await claimNext()).toBe('b 1');
  expect(await readQueues(databases.owner)).toMatchObject([
    { underWay: 1, waiting: 3, stuck: [{ name: 'a model' }] },
    {},
    {},
  ]);
  await submitOther();
  await expireLease(databases.owner, handedBack);
  expect(await claimNext()).toBe('a 1');
  // No worker was lost over it.
  expect(await countRows(databases.owner, 'workerLosses')).toBe(0);
});

it('rejects a bundle that two workers did not survive, and blames it for none that comes back', async () => {
  const description = { sandbox: null, processor: '', cores: 1, memoryBytes: 1, gpuDevices: [], node: '', engines: [] };
  const enter = (name: string) =>
    registerWorker(databases.evaluator, { name, kind: 'evaluating', machine: 'm', description, serves: ['cpu'] });
  async function loseWorker(name: string, runsBundle = true): Promise<boolean> {
    await enter(name);
    const next = { owner: name, leaseSeconds: 600, serves: ['cpu'], maxAttempts: 9 } as const;
    const claim = await claimNextEvaluation(databases.evaluator, next);
    if (!claim) return false;
    if (runsBundle) expect(await recordBundleStart(databases.evaluator, claim)).toBe('held');
    await expireLease(databases.owner, claim.evaluationId);
    return true;
  }
  const [evaluationId = ''] = await submit('a');
  const { submissionId } = await databases.owner
    .selectFrom('evaluations')
    .select('submissionId')
    .where('id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  expect(await loseWorker('m:1', false)).toBe(true);
  expect(await loseWorker('m:2')).toBe(true);
  expect(await loseWorker('m:3')).toBe(true);
  // The second was only cut off, and says so after it was given up.
  await beat(databases.evaluator, 'm:2');
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({ state: 'checking' });
  // Before the third is counted: the loss of m:2 was noted when m:3 took over.
  expect(await loseWorker('m:4')).toBe(true);
  expect(await loseWorker('m:5')).toBe(false);
  expect(await findSubmission(databases.owner, submissionId)).toMatchObject({
    state: 'rejected',
    reason: { code: 'worker_killed', stage: 'checking' },
  });
  // One that was restarted by the same name is not the one that was lost.
  const [other = ''] = await submit('b');
  expect(await loseWorker('m:6')).toBe(true);
  expect(await loseWorker('m:7')).toBe(true);
  await enter('m:6');
  expect(await claimNext()).toBeNull();
  const row = await databases.owner
    .selectFrom('evaluations')
    .select(['state', 'reasonCode'])
    .where('id', '=', other)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ state: 'rejected', reasonCode: 'worker_killed' });
});

it('finds the next of 100,000 that wait by its index, and a place among them', async () => {
  const [first = ''] = await submit('a');
  await databases.owner.connection().execute(async (connection) => {
    await sql`SET session_replication_role = replica`.execute(connection);
    await sql`
      INSERT INTO evaluations (submission_id, test_set_version_id, hardware, priority, turn, queue_line)
      SELECT gen_random_uuid(), test_set_version_id, 'cpu', 0, 1 + n / 1000, gen_random_uuid()
      FROM evaluations, generate_series(1, 100000) AS n WHERE id = ${first}`.execute(connection);
    await sql`ANALYZE evaluations`.execute(connection);
    const explain = async (query: ReturnType<typeof sql>) => {
      const { rows } = await sql<Record<string, string>>`EXPLAIN (ANALYZE, BUFFERS) ${query}`.execute(connection);
      return rows.map((row) => Object.values(row)[0]).join('\n');
    };
    const next = await explain(sql`SELECT id FROM evaluations WHERE state = 'queued' AND hardware = 'cpu'
      ORDER BY -priority, turn, queued_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`);
    expect(next).toContain('Index Scan using evaluations_queue');
    expect(next).not.toContain('Sort');
    const place = await explain(sql`SELECT count(*) FROM evaluations WHERE state = 'queued' AND hardware = 'cpu'
      AND (-priority, turn, queued_at, id) < (SELECT -priority, turn, queued_at, id FROM evaluations WHERE id = ${first})`);
    expect(place).toMatch(/Scan (using|on) evaluations_queue/);
    expect(place).not.toContain('Seq Scan');
  });
}, 120_000);
