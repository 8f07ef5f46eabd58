import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scorePredictions } from '../score-predictions.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.js';
import { parseGpus } from './measure-gpus.js';

const never = new AbortController().signal;

describe('a worker', () => {
  let fixture: WorkerFixture;
  beforeAll(async () => {
    fixture = await startWorkerFixture();
  });
  afterAll(() => fixture?.close());

  it('times each stage, and counts how the work ended and why', async () => {
    const scored = await fixture.submit();
    await evaluateById(fixture.evaluating, scored.evaluationId, never);
    await scorePredictions(fixture.scoring, scored.evaluationId);
    const rejected = await fixture.submit({ program: 'import sys\nsys.exit(3)\n' });
    await evaluateById(fixture.evaluating, rejected.evaluationId, never);

    const metrics = await fixture.registry.metrics();
    for (const stage of ['checking', 'running', 'scoring']) {
      expect(metrics).toContain(`holdout_stage_seconds_count{stage="${stage}",engine="onnx"} 1`);
    }
    const { reason } = await fixture.read(rejected);
    expect(metrics).toContain('holdout_work_ended_total{outcome="predicted",code=""} 1');
    expect(metrics).toContain('holdout_work_ended_total{outcome="scored",code=""} 1');
    expect(metrics).toContain(`holdout_work_ended_total{outcome="rejected",code="${reason?.code}"} 1`);
    expect(metrics).toContain('holdout_lease_takeovers_total 0');
  });

  it('counts what it takes over from one that was interrupted', async () => {
    const submitted = await fixture.submit();
    const stopped = AbortSignal.abort();
    await evaluateById(fixture.evaluating, submitted.evaluationId, stopped);
    expect(await fixture.registry.metrics()).toContain(
      'holdout_work_ended_total{outcome="interrupted",code="shutdown"} 1',
    );
    // As a worker that died leaves it: an attempt that was spent, and nobody who holds it.
    await fixture.owner
      .updateTable('evaluations')
      .set({ attempts: 1 })
      .where('id', '=', submitted.evaluationId)
      .execute();
    await evaluateById(fixture.evaluating, submitted.evaluationId, never);
    expect(await fixture.registry.metrics()).toContain('holdout_lease_takeovers_total 1');
  });
});

describe('GPUs', () => {
  it('are read as nvidia-smi writes them, and one that can’t tell is left out', () => {
    expect(parseGpus('0, 37, 1024, 81559\n1, [N/A], 12, 40960\n')).toEqual([
      { gpu: '0', busy: 0.37, usedBytes: 1024 * 1024 ** 2, totalBytes: 81559 * 1024 ** 2 },
    ]);
    expect(parseGpus('')).toEqual([]);
  });
});
