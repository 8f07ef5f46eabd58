import { keepProcessReady } from '@holdout/runner';
import { evaluateSubmission } from './evaluate-submission.js';
import { runProcess } from './run-process.js';

// The evaluating worker: runs teams' bundles, one at a time, and can read no label.
await runProcess('holdout-evaluate', (tools) => {
  const models = keepProcessReady();
  const work = tools.queue.workEvaluations(
    ({ evaluationId }, shutdown) => evaluateSubmission({ ...tools, models }, evaluationId, shutdown),
    { concurrency: 1 },
  );
  return async () => {
    await work.close();
    await models.close();
  };
});
