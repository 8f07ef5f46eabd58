import { startReconciling } from './reconcile.js';
import { runProcess } from './run-process.js';
import { scorePredictions } from './score-predictions.js';

// The scoring worker: may read labels, runs no team's code. It also looks after what was forgotten.
await runProcess('holdout-score', async (tools) => {
  const work = tools.queue.workScorings(({ evaluationId }) => scorePredictions(tools, evaluationId), {
    lockSeconds: tools.config.leaseSeconds,
  });
  const stopReconciling = startReconciling({ ...tools, everySeconds: tools.config.reconcileSeconds });
  return async () => {
    await stopReconciling();
    await work.close();
  };
});
