import { claimEvaluation, listEvents } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportRegularly } from './report-regularly.js';
import { startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

let fixture: WorkerFixture;
beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterAll(() => fixture.close());

async function startReport() {
  const { evaluationId } = await fixture.submit();
  const { database, config } = fixture.evaluating;
  const claim = await claimEvaluation(database, { evaluationId, owner: config.owner, leaseSeconds: 60 });
  if (!claim) throw new Error('The evaluation could not be claimed.');
  const report = reportRegularly(fixture.evaluating, claim, { learn() {} });
  const listLines = async () =>
    (await listEvents(fixture.owner, evaluationId, 0, 5000)).flatMap((each) =>
      each.kind === 'log' ? [each.data.line] : [],
    );
  return { report, listLines };
}

it('gives what is not written to who asks for it, once, and writes the rest itself', async () => {
  const { report, listLines } = await startReport();
  report.begin({ stage: 'checking', imagesTotal: 2 });
  report.line('first');
  await report.flush();
  report.progress(2);
  report.line('second');
  const progress = { stage: 'checking', imagesDone: 2, imagesTotal: 2 };
  expect(await report.take()).toEqual({ lines: ['second'], progress });
  expect(await report.take()).toEqual({ lines: [], progress: null });
  report.line('third');
  await report.finish();
  expect(await listLines()).toEqual(['first', 'third']);
});

it('writes what is under way, and what is too much for one write, before it gives the rest', async () => {
  const { report, listLines } = await startReport();
  report.line('under way');
  void report.flush();
  expect(await report.take()).toEqual({ lines: [], progress: null });
  expect(await listLines()).toEqual(['under way']);
  const many = Array.from({ length: 1001 }, (_, place) => `line ${place}`);
  for (const line of many) report.line(line);
  expect(await report.take()).toEqual({ lines: [], progress: null });
  expect(await listLines()).toEqual(['under way', ...many]);
  await report.finish();
});
