import { createSandbox, demandSandbox, keepProcessReady, nameEngine } from '@holdout/runner';
import { describeWorker } from './describe-worker.js';
import { enterWorker } from './enter-worker.js';
import { evaluateSubmission } from './evaluate-submission.js';
import { runProcess } from './run-process.js';
import { makeScratchFolder, removeAbandonedScratch } from './scratch.js';

// The evaluating worker: runs teams' bundles, one at a time, and can read no label.
await runProcess('holdout-evaluate', async (tools) => {
  const { config, log } = tools;
  const sandbox = await createSandbox({ kind: config.sandbox, container: config.container });
  await demandSandbox(sandbox);
  log.info({ sandbox: sandbox.kind, limits: sandbox.enforcedBy }, 'bundles run in a sandbox');
  await removeAbandonedScratch(config.scratchDirectory);
  await sandbox.removeAbandoned();
  const models = keepProcessReady({ sandbox, makeFolder: () => makeScratchFolder(config.scratchDirectory) });
  const engines = [nameEngine('onnx'), nameEngine('tfjs')];
  const entry = await enterWorker(tools, 'evaluating', describeWorker({ sandbox: sandbox.kind, engines }));
  const work = tools.queue.workEvaluations(
    ({ evaluationId }, shutdown) => evaluateSubmission({ ...tools, sandbox, models }, evaluationId, shutdown),
    { concurrency: 1, lockSeconds: config.leaseSeconds },
  );
  entry.follow(work);
  return async () => {
    await work.close();
    await entry.signOff();
    await models.close();
  };
});
