import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { seedPhase, seedSubmission } from '../testing/seed-phase.js';
import { expireLease, useDatabases } from '../testing/use-databases.js';
import { claimEvaluation } from '../transitions/claim-evaluation.js';
import { readQueues } from './queue-reports.js';
import { beat, listWorkers, registerWorker, removeOldWorkers, setWorkerMode, signOffWorker } from './workers.js';

const databases = useDatabases();
const description = {
  sandbox: 'bubblewrap',
  processor: 'a processor',
  cores: 2,
  memoryBytes: 4e9,
  gpuDevices: [],
  node: 'v20.0.0',
  engines: ['onnxruntime-node 1.0.0'],
};
const enter = (name: string, machine = 'm1') =>
  registerWorker(databases.evaluator, { name, kind: 'evaluating', machine, description, serves: ['cpu'] });
const claim = (evaluationId: string, owner: string) =>
  claimEvaluation(databases.evaluator, { evaluationId, owner, leaseSeconds: 60 });

async function findId(name: string): Promise<string> {
  return (await listWorkers(databases.owner)).find((worker) => worker.name === name)?.id ?? '';
}
async function fallSilent(name: string, seconds: number): Promise<void> {
  await sql`UPDATE workers SET last_seen_at = now() - make_interval(secs => ${seconds}) WHERE name = ${name}`.execute(
    databases.owner,
  );
}

it('shows who works, by the evaluating worker’s own role, and on what', async () => {
  const { owner } = databases;
  const { evaluationId, submissionId } = await seedSubmission(owner, await seedPhase(owner));
  await enter('m1:1');
  await claim(evaluationId, 'm1:1');
  expect(await listWorkers(owner)).toMatchObject([
    {
      name: 'm1:1',
      kind: 'evaluating',
      mode: 'working',
      alive: true,
      description,
      work: [{ submissionId, state: 'checking' }],
    },
  ]);
  await fallSilent('m1:1', 60);
  expect(await listWorkers(owner)).toMatchObject([{ name: 'm1:1', alive: false }]);
  expect(await beat(databases.evaluator, 'm1:1')).toBe('working');
  expect(await listWorkers(owner)).toMatchObject([{ alive: true }]);
  await signOffWorker(databases.evaluator, 'm1:1');
  expect(await listWorkers(owner)).toEqual([]);
});

it.each(['paused', 'draining'] as const)('lets a worker that is %s claim nothing, and others go on', async (mode) => {
  const { owner, evaluator } = databases;
  const phase = await seedPhase(owner);
  const { evaluationId } = await seedSubmission(owner, phase);
  await enter('m1:1');
  expect(await setWorkerMode(owner, await findId('m1:1'), mode)).toEqual({ name: 'm1:1', before: 'working' });
  expect(await beat(evaluator, 'm1:1')).toBe(mode);
  expect(await claim(evaluationId, 'm1:1')).toBeNull();
  await setWorkerMode(owner, await findId('m1:1'), 'working');
  expect(await claim(evaluationId, 'm1:1')).not.toBeNull();
  const second = await seedSubmission(owner, phase, 'another');
  await setWorkerMode(owner, await findId('m1:1'), mode);
  expect(await claim(second.evaluationId, 'm2:1')).not.toBeNull();
});

it('goes on being paused when it is started anew, and not on draining', async () => {
  const { owner } = databases;
  await enter('m1:1');
  await setWorkerMode(owner, await findId('m1:1'), 'paused');
  await signOffWorker(owner, 'm1:1');
  await enter('m1:2');
  await enter('m2:1', 'm2');
  const modes = async () => (await listWorkers(owner)).map(({ name, mode }) => [name, mode]);
  expect(await modes()).toEqual([
    ['m1:2', 'paused'],
    ['m2:1', 'working'],
  ]);
  await setWorkerMode(owner, await findId('m1:2'), 'draining');
  await signOffWorker(owner, 'm1:2');
  await enter('m1:3');
  expect(await modes()).toEqual([
    ['m1:3', 'working'],
    ['m2:1', 'working'],
  ]);
});

it('forgets those that are long gone, but for a pause that waits for its worker', async () => {
  const { owner } = databases;
  for (const name of ['m1:1', 'm2:1']) await enter(name, name.slice(0, 2));
  await setWorkerMode(owner, await findId('m2:1'), 'paused');
  for (const name of ['m1:1', 'm2:1']) await fallSilent(name, 100_000);
  expect(await listWorkers(owner)).toEqual([]);
  await removeOldWorkers(owner);
  const { rows } = await sql<{ name: string }>`SELECT name FROM workers`.execute(owner);
  expect(rows.map(({ name }) => name)).toEqual(['m2:1']);
  expect(await beat(owner, 'm1:1')).toBeNull();
});

it('says what waits, since when, how often it was begun, and what nobody holds', async () => {
  const { owner } = databases;
  const phase = await seedPhase(owner);
  const [held, lost, waiting] = [
    await seedSubmission(owner, phase, 'held'),
    await seedSubmission(owner, phase, 'lost'),
    await seedSubmission(owner, phase, 'waiting'),
  ];
  await claim(held.evaluationId, 'a');
  await claim(lost.evaluationId, 'a');
  await expireLease(owner, lost.evaluationId);
  await claim(lost.evaluationId, 'b');
  await expireLease(owner, lost.evaluationId);
  await enter('m1:1');
  const [evaluating, onGpus, scoring] = await readQueues(owner);
  const cpu = { kind: 'evaluating', hardware: 'cpu', workers: 1 };
  expect(evaluating).toMatchObject({ ...cpu, waiting: 1, underWay: 1, retried: 1, mostAttempts: 2 });
  expect(evaluating?.stuck).toMatchObject([{ submissionId: lost.submissionId, state: 'checking', attempts: 2 }]);
  const { rows } = await sql<{
    at: Date;
  }>`SELECT queued_at AS at FROM evaluations WHERE id = ${waiting.evaluationId}`.execute(owner);
  expect(evaluating?.oldestSince).toEqual(rows[0]?.at);
  const nothing = {
    workers: 0,
    waiting: 0,
    oldestSince: null,
    underWay: 0,
    retried: 0,
    mostAttempts: 0,
    stuck: [],
  };
  expect(onGpus).toEqual({ ...nothing, kind: 'evaluating', hardware: 'gpu' });
  expect(scoring).toEqual({ ...nothing, kind: 'scoring', hardware: null });
});
