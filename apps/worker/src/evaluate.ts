import { keepProcessReady } from '@holdout/runner';
import { evaluateSubmission } from './evaluate-submission.js';
import { runProcess } from './run-process.js';
import { removeAbandonedScratch } from './scratch.js';

// The evaluating worker: runs teams' bundles, one at a time, and can read no label.
await runProcess('holdout-evaluate', async (tools) => {
  await removeAbandonedScratch(tools.config.scratchDirectory);
  const models = keepProcessReady();
  const work = tools.queue.workEvaluations(
    ({ evaluationId }, shutdown) => evaluateSubmission({ ...tools, models }, evaluationId, shutdown),
    { concurrency: 1, lockSeconds: tools.config.leaseSeconds },
  );
  return async () => {
    await work.close();
    await models.close();
  };
});
