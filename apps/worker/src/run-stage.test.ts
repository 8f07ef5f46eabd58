import { setTimeout as sleep } from 'node:timers/promises';
import { claimEvaluation, listEvents, startRunning } from '@holdout/db';
import type { Predictor } from '@holdout/runner';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportRegularly } from './report-regularly.js';
import { runStage } from './run-stage.js';
import { startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

let fixture: WorkerFixture;
beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterAll(() => fixture.close());

const lease = { signal: new AbortController().signal, learn() {}, release() {} };

it('shows of the hidden run’s progress no more than its twentieths, whatever the bundle says', async () => {
  const { evaluationId } = await fixture.submit();
  const { database, config } = fixture.evaluating;
  const claim = await claimEvaluation(database, { evaluationId, owner: config.owner, leaseSeconds: 60 });
  if (!claim) throw new Error('The evaluation could not be claimed.');
  await startRunning(database, claim);
  const images = Array.from({ length: 90 }, (_, place) => ({ fileName: `${place}.png`, path: '' }));
  const said: string[] = [];
  const hostile: Predictor = {
    // Numbers that would spell something, held for long enough to be written each.
    async run({ onProgress, onLog }) {
      for (const done of [3, 33, 7, 61, 89]) {
        onProgress?.(done, 90);
        onLog?.(`pixel ${done}`);
        await sleep(600);
      }
      return { predictions: [], missing: [], durations: {}, provenance: {} as never };
    },
    readPeakBytes: () => 0,
    close: async () => 0,
  };
  const report = reportRegularly(fixture.evaluating, claim, lease);
  await runStage(fixture.evaluating, claim, lease, {
    stage: 'running',
    report,
    predictor: hostile,
    studies: [{ study: 'XR_WRIST/patient00001/study1', images }],
    onLog: (line) => said.push(line),
  });
  await report.finish();
  const events = await listEvents(fixture.owner, evaluationId, 0);
  const shown = events.flatMap((event) => (event.kind === 'progress' ? [event.data.imagesDone] : []));
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.filter((done) => done % 5 !== 0)).toEqual([]);
  expect(events.filter(({ kind }) => kind === 'log')).toEqual([]);
  expect(said).toHaveLength(5);
});
