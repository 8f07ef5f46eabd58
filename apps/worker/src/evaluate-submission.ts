import { join } from 'node:path';
import { Readable } from 'node:stream';
import { HoldoutError, type PredictionsFile } from '@holdout/contracts';
import {
  type Database,
  type EvaluationClaim,
  failEvaluation,
  finishRunning,
  recordBundleStart,
  rejectEvaluation,
  releaseLease,
  renewLease,
  startRunning,
} from '@holdout/db';
import type { Queue } from '@holdout/queue';
import {
  type ModelStarter,
  openPredictor,
  type Predicted,
  type Predictor,
  type RunStudy,
  type Sandbox,
} from '@holdout/runner';
import type { Storage } from '@holdout/storage';
import { traceStep } from '@holdout/telemetry';
import type { Logger } from 'pino';
import { checkOnSample } from './check-on-sample.js';
import type { WorkerConfig } from './config.js';
import { fetchBundle } from './fetch-bundle.js';
import { fetchStudies } from './fetch-studies.js';
import { EvaluationInterrupted, holdLease, type Lease } from './hold-lease.js';
import type { WorkMeter } from './metrics/measure-work.js';
import { reportRegularly } from './report-regularly.js';
import { runHidden } from './run-hidden.js';
import { makeScratchFolder, withScratchFolder } from './scratch.js';
import { decideTerms } from './try-again.js';

/** What a worker works with. */
export interface EvaluationTools {
  database: Database;
  storage: Storage;
  queue: Queue;
  sandbox: Sandbox;
  models: ModelStarter;
  config: WorkerConfig;
  log: Logger;
  meter: WorkMeter;
}

/**
 * One evaluation from its claim to stored predictions: the bundle is run on the phase's public sample, then on its
 * test set.
 *
 * @param shutdown - aborted when the process must end; the evaluation is then handed back
 */
export async function evaluateSubmission(
  tools: EvaluationTools,
  claim: EvaluationClaim,
  shutdown: AbortSignal,
): Promise<void> {
  const { database, config } = tools;
  const { leaseSeconds } = config;
  const { evaluationId } = claim;
  const { submissionId, requestId: reqId, attempts: attempt } = claim;
  // By the names that the API's log has, so that one search finds all of a submission.
  const log = tools.log.child({ reqId, evaluationId, submissionId, attempt });
  log.info({ state: claim.state }, 'evaluation claimed');
  tools.meter.claimed(claim.attempts);

  const renew = () => renewLease(database, { ...claim, leaseSeconds });
  const lease = holdLease({ renew, leaseSeconds, shutdown, log });
  try {
    const traced = { evaluationId, step: 'evaluate', attributes: { submissionId, attempt } };
    await traceStep(traced, () => predict({ ...tools, log }, claim, lease));
  } catch (error) {
    // What aborted the work is the reason, whatever the work threw while it was torn down.
    await endEarly(tools, claim, lease.signal.aborted ? lease.signal.reason : error, log);
  } finally {
    lease.release();
  }
}

async function predict(tools: EvaluationTools, claim: EvaluationClaim, lease: Lease): Promise<void> {
  const { database, storage, models, sandbox, config, log } = tools;
  await withScratchFolder(config.scratchDirectory, async (folder) => {
    const lists = listStudies(tools, claim, folder);
    const predictor = await openPredictor({
      manifest: claim.manifest,
      limits: claim.limits,
      threads: config.threads,
      // Who waits in the class of GPUs gets one; others leave it to them.
      ...(claim.hardware === 'gpu' ? { gpus: config.gpus } : {}),
      signal: lease.signal,
      sandbox,
      models,
      makeFolder: () => makeScratchFolder(config.scratchDirectory),
      // In this order: what is run first is decoded first, and the rest beside it.
      expected: [lists.sample, lists.studies],
      async unpack(directory) {
        await fetchBundle(storage, claim, directory, folder);
        lease.learn(await recordBundleStart(database, claim));
      },
    });
    let closing: Promise<void> | null = null;
    const close = () => {
      closing ??= predictor.close().then((peakMemoryBytes) => log.info({ peakMemoryBytes }, 'bundle closed'));
      return closing;
    };
    try {
      const made = await runStages(tools, claim, lease, { predictor, lists });
      // Its process ends after its predictions were handed on: to end it is work for the cores that they wait for.
      lease.signal.addEventListener('abort', () => void close().catch(() => {}), { once: true });
      await handOn(tools, claim, lease, { ...made, peakMemoryBytes: predictor.readPeakBytes() });
    } finally {
      await close();
    }
  });
}

/** What the bundle is run on. */
interface StudyLists {
  /** Of the check; none where an earlier worker has passed it. */
  readonly sample: Promise<readonly RunStudy[]>;
  readonly studies: Promise<readonly RunStudy[]>;
}

function listStudies({ database, storage }: EvaluationTools, claim: EvaluationClaim, folder: string): StudyLists {
  const list = (versionId: string, name: string) => fetchStudies(database, storage, versionId, join(folder, name));
  const sample = claim.state === 'checking' ? list(claim.sampleVersionId, 'sample') : Promise.resolve([]);
  const studies = list(claim.testSetVersionId, 'images');
  // Told to who runs the bundle on them.
  for (const each of [sample, studies]) each.catch(() => {});
  return { sample, studies };
}

/** Stores predictions, and rings for who scores them. */
async function handOn(
  { database, storage, queue, log, meter }: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  { predicted, reported, peakMemoryBytes }: Reported & { peakMemoryBytes: number },
): Promise<void> {
  const { evaluationId, bundleDigest, testSetDigest } = claim;
  const [predictionsDigest] = await Promise.all([storePredictions(storage, predicted), reported]);
  const made = { ...predicted.provenance, node: process.version, ...predicted.durations, peakMemoryBytes };
  const provenance = { bundleDigest, testSetDigest, ...made };
  if (!(await finishRunning(database, { ...claim, predictionsDigest, provenance }))) {
    throw new EvaluationInterrupted('lost');
  }
  lease.release();
  log.info({ provenance }, 'predictions stored');
  meter.ended('predicted');
  // If the bell can't be rung now, reconcile rings it later.
  await queue.enqueueScoring({ evaluationId }).catch((error) => log.warn({ err: error }, 'scoring not rung yet'));
}

/** What was predicted, and when all that was to be said of the run is written; that is never rejected. */
interface Reported {
  readonly predicted: Predicted;
  readonly reported: Promise<unknown>;
}

/** @returns the digest of their file */
async function storePredictions(storage: Storage, { predictions }: Predicted): Promise<string> {
  const file: PredictionsFile = { format: 'holdout-predictions-1', studies: predictions };
  const { digest } = await storage.put(Readable.from([Buffer.from(JSON.stringify(file))]));
  return digest;
}

/** The check on the public sample, where an earlier worker has not passed it, and then the run that counts. */
async function runStages(
  tools: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  { predictor, lists }: { predictor: Predictor; lists: StudyLists },
): Promise<Reported> {
  const [sample, studies] = await Promise.all([lists.sample, lists.studies]);
  const report = reportRegularly(tools, claim, lease);
  try {
    if (claim.state === 'checking') {
      await checkOnSample(tools, claim, lease, { predictor, sample, report });
      const started = await startRunning(tools.database, { ...claim, report: await report.take() });
      if (!started) throw new EvaluationInterrupted('lost');
    }
    const { predicted, logKept } = await runHidden(tools, claim, lease, { predictor, studies, report });
    return { predicted, reported: Promise.all([report.finish(), logKept]) };
  } catch (error) {
    await report.finish();
    throw error;
  }
}

/** Says whose fault it was. What could go better with another worker is handed back instead. */
async function endEarly(tools: EvaluationTools, claim: EvaluationClaim, error: unknown, log: Logger): Promise<void> {
  const { database, meter } = tools;
  if (error instanceof EvaluationInterrupted) {
    meter.ended('interrupted', error.why);
    log.info({ why: error.why }, 'evaluation interrupted');
    if (error.why === 'shutdown') await releaseLease(database, { ...claim, costsAttempt: false });
    return;
  }
  if (error instanceof HoldoutError && error.fault === 'team') {
    log.info({ code: error.code, detail: error.detail }, 'bundle rejected');
    meter.ended('rejected', error.code);
    const { code, detail = '', sentences } = error;
    await rejectEvaluation(database, { ...claim, code, detail, sentences });
    return;
  }
  log.error({ err: error }, 'evaluation failed; it will be tried again while attempts are left');
  const code = error instanceof HoldoutError ? error.code : 'unknown';
  if (code === 'internal') {
    meter.ended('failed', code);
    await failEvaluation(database, { ...claim, code: 'internal' });
    return;
  }
  meter.ended('tried_again', code);
  const terms = await decideTerms(tools, { code, attempts: claim.attempts });
  await releaseLease(database, { ...claim, ...terms });
}
