import { createSandbox, demandSandbox, keepProcessReady, nameEngine, openPixels } from '@holdout/runner';
import { describeWorker } from './describe-worker.js';
import { enterWorker } from './enter-worker.js';
import { runProcess } from './run-process.js';
import { makeScratchFolder, removeAbandonedScratch } from './scratch.js';
import { takeEvaluations } from './take-evaluations.js';

// The evaluating worker: runs teams' bundles, one at a time, and can read no label.
await runProcess('holdout-evaluate', async (tools) => {
  const { config, log } = tools;
  const sandbox = await createSandbox({ kind: config.sandbox, container: config.container });
  await demandSandbox(sandbox);
  const { serves, gpus } = config;
  log.info(
    { sandbox: sandbox.kind, limits: sandbox.enforcedBy, serves, gpus: gpus.map(({ id, name }) => name ?? id) },
    'bundles run in a sandbox',
  );
  await removeAbandonedScratch(config.scratchDirectory);
  await sandbox.removeAbandoned();
  const pixels = await openPixels({
    directory: config.decodedDirectory,
    limitBytes: config.decodedBytes,
    onUnkept: (error) => log.warn({ err: error }, 'decoded images could not be kept'),
  });
  const models = keepProcessReady({ sandbox, pixels, makeFolder: () => makeScratchFolder(config.scratchDirectory) });
  const engines = [nameEngine('onnx'), nameEngine('tfjs')];
  const description = describeWorker({ sandbox: sandbox.kind, engines, gpus });
  if (serves.includes('gpu') && !serves.includes('cpu') && gpus.length === 0) {
    log.warn('HOLDOUT_SERVES says gpu, and this machine has no GPU that a bundle could be given');
  }
  const entry = await enterWorker(tools, 'evaluating', description, serves);
  const work = takeEvaluations({ ...tools, sandbox, models });
  entry.follow(work);
  return async () => {
    await work.close();
    await entry.signOff();
    await models.close();
    await pixels.close();
  };
});
