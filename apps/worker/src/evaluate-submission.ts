import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  HoldoutError,
  type PredictionsFile,
  type ResolvedManifest,
  type ResolvedModelManifest,
} from '@holdout/contracts';
import {
  claimEvaluation,
  type Database,
  type EvaluationClaim,
  failEvaluation,
  finishRunning,
  rejectEvaluation,
  releaseLease,
  renewLease,
  startRunning,
} from '@holdout/db';
import type { Queue } from '@holdout/queue';
import { aggregateStudies, digestEngine, type ModelStarter, type RunningModel } from '@holdout/runner';
import type { Storage } from '@holdout/storage';
import type { Logger } from 'pino';
import type { WorkerConfig } from './config.js';
import { fetchBundle } from './fetch-bundle.js';
import { fetchStudies } from './fetch-studies.js';
import { EvaluationInterrupted, holdLease } from './hold-lease.js';
import { runStage } from './run-stage.js';
import { withScratchFolder } from './scratch.js';

/** What a worker works with. */
export interface EvaluationTools {
  database: Database;
  storage: Storage;
  queue: Queue;
  models: ModelStarter;
  config: WorkerConfig;
  log: Logger;
}

/**
 * One evaluation from its claim to stored predictions: the bundle is run on the phase's public sample, then on its
 * test set. Safe to repeat: what another worker holds, or what has ended, is left alone.
 *
 * @param shutdown - aborted when the process must end; the evaluation is then handed back
 */
export async function evaluateSubmission(
  tools: EvaluationTools,
  evaluationId: string,
  shutdown: AbortSignal,
): Promise<void> {
  const { database, queue, config } = tools;
  const { owner, leaseSeconds } = config;
  const claim = await claimEvaluation(database, { evaluationId, owner, leaseSeconds });
  if (!claim) return;
  const log = tools.log.child({ evaluationId, submissionId: claim.submissionId, attempt: claim.attempts });
  log.info({ state: claim.state }, 'evaluation claimed');

  const renew = () => renewLease(database, { ...claim, leaseSeconds });
  const lease = holdLease({ renew, leaseSeconds, shutdown, log });
  try {
    const predictions = await predict({ ...tools, log }, claim, lease);
    const { digest } = await tools.storage.put(Readable.from([Buffer.from(JSON.stringify(predictions.file))]));
    const { provenance } = predictions;
    if (!(await finishRunning(database, { ...claim, predictionsDigest: digest, provenance }))) {
      throw new EvaluationInterrupted('lost');
    }
    log.info({ provenance }, 'predictions stored');
  } catch (error) {
    // What aborted the work is the reason, whatever the work threw while it was torn down.
    await endEarly(tools, claim, lease.signal.aborted ? lease.signal.reason : error, log);
    return;
  } finally {
    lease.release();
  }
  // If the bell can't be rung now, reconcile rings it later.
  await queue.enqueueScoring({ evaluationId }).catch((error) => log.warn({ err: error }, 'scoring not rung yet'));
}

async function predict(tools: EvaluationTools, claim: EvaluationClaim, lease: ReturnType<typeof holdLease>) {
  const { storage, models, config } = tools;
  return await withScratchFolder(config.scratchDirectory, async (folder) => {
    const bundleDirectory = await fetchBundle(storage, claim, folder);
    const { memoryLimitBytes } = claim.limits;
    const model = models.start({
      bundleDirectory,
      manifest: demandModel(claim.manifest),
      memoryLimitBytes,
      threads: config.threads,
    });
    try {
      return await runStages(tools, claim, lease, { model, folder });
    } finally {
      await model.close();
    }
  });
}

/** The check on the public sample, where an earlier worker has not passed it, and then the run that counts. */
async function runStages(
  tools: EvaluationTools,
  claim: EvaluationClaim,
  lease: ReturnType<typeof holdLease>,
  { model, folder }: { model: RunningModel; folder: string },
) {
  const { database, storage } = tools;
  // The first of a process takes a moment, while the model is loaded in another one.
  const engineDigest = digestEngine(demandModel(claim.manifest).engine);
  if (claim.state === 'checking') {
    const sample = await fetchStudies(database, storage, claim.sampleVersionId, join(folder, 'sample'));
    await runStage(tools, claim, lease, { stage: 'checking', model, studies: sample });
    if (!(await startRunning(database, claim))) throw new EvaluationInterrupted('lost');
  }
  const studies = await fetchStudies(database, storage, claim.testSetVersionId, join(folder, 'images'));
  const running = runStage(tools, claim, lease, { stage: 'running', model, studies });
  const result = await running.catch((error: unknown) => tellNothing(error, tools.log));
  const file: PredictionsFile = {
    format: 'holdout-predictions-1',
    studies: aggregateStudies(studies.counts, result.probabilities, demandModel(claim.manifest)),
  };
  const { bundleDigest, testSetDigest } = claim;
  const provenance = {
    bundleDigest,
    testSetDigest,
    ...result.provenance,
    engineDigest: await engineDigest,
    node: process.version,
    ...result.durations,
    peakMemoryBytes: result.peakMemoryBytes,
  };
  return { file, provenance };
}

function demandModel(manifest: ResolvedManifest): ResolvedModelManifest {
  if (manifest.engine === 'command') throw new HoldoutError('engine_unavailable', { detail: 'It runs no commands.' });
  return manifest;
}

/**
 * What a bundle makes of the phase's own images must not reach its team in an error's words: a model can write pixels
 * into the shape of its output, or into any number that an error names. The code is all that is told.
 */
function tellNothing(error: unknown, log: Logger): never {
  if (!(error instanceof HoldoutError) || error.fault !== 'team') throw error;
  log.info({ code: error.code, detail: error.detail }, 'not told to the team');
  const detail = 'It happened on the phase’s own images, of which nothing more is told; on the sample it had run.';
  throw new HoldoutError(error.code, { detail });
}

/** Says whose fault it was. What could go better with another worker is handed back instead. */
async function endEarly(tools: EvaluationTools, claim: EvaluationClaim, error: unknown, log: Logger): Promise<void> {
  const { database } = tools;
  if (error instanceof EvaluationInterrupted) {
    log.info({ why: error.why }, 'evaluation interrupted');
    if (error.why === 'shutdown') await releaseLease(database, { ...claim, costsAttempt: false });
    return;
  }
  if (error instanceof HoldoutError && error.fault === 'team') {
    log.info({ code: error.code, detail: error.detail }, 'bundle rejected');
    const detail = error.detail ?? '';
    await rejectEvaluation(database, { ...claim, code: error.code, detail });
    return;
  }
  log.error({ err: error }, 'evaluation failed; it will be tried again while attempts are left');
  if (error instanceof HoldoutError && error.code === 'internal') {
    await failEvaluation(database, { ...claim, code: 'internal' });
    return;
  }
  await releaseLease(database, { ...claim, costsAttempt: true });
}
