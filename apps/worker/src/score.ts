import { describeWorker } from './describe-worker.js';
import { enterWorker } from './enter-worker.js';
import { startReconciling } from './reconcile.js';
import { runProcess } from './run-process.js';
import { takeScorings } from './take-scorings.js';

// The scoring worker: may read labels, runs no team's code. It also looks after what was forgotten.
await runProcess('holdout-score', async (tools) => {
  const entry = await enterWorker(tools, 'scoring', describeWorker({ sandbox: null, engines: [] }));
  const work = takeScorings(tools);
  entry.follow(work);
  const stopReconciling = startReconciling({ ...tools, everySeconds: tools.config.reconcileSeconds });
  return async () => {
    await stopReconciling();
    await work.close();
    await entry.signOff();
  };
});
