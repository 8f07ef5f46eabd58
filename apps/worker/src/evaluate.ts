import { evaluateSubmission } from './evaluate-submission.js';
import { runProcess } from './run-process.js';

// The evaluating worker: runs teams' bundles, one at a time, and can read no label.
await runProcess('holdout-evaluate', (tools) => {
  const work = tools.queue.workEvaluations(
    ({ evaluationId }, shutdown) => evaluateSubmission(tools, evaluationId, shutdown),
    { concurrency: 1 },
  );
  return () => work.close();
});
