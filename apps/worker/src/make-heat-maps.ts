import { join } from 'node:path';
import { HoldoutError } from '@holdout/contracts';
import { finishHeatMap, type HeatMapClaim, refuseHeatMaps, releaseHeatMaps, renewHeatMaps } from '@holdout/db';
import { explainImages } from '@holdout/runner';
import type { Logger } from 'pino';
import type { EvaluationTools } from './evaluate-submission.js';
import { fetchBundle } from './fetch-bundle.js';
import { fetchImage } from './fetch-studies.js';
import { EvaluationInterrupted, holdLease } from './hold-lease.js';
import { makeScratchFolder, withScratchFolder } from './scratch.js';

/**
 * Makes the heat maps of one claim, in the sandbox and within the limits that the submission was evaluated in.
 *
 * @param shutdown - aborted when the process must end; what is not made is then handed back
 */
export async function makeHeatMaps(tools: EvaluationTools, claim: HeatMapClaim, shutdown: AbortSignal): Promise<void> {
  const { database, config } = tools;
  const { leaseSeconds } = config;
  const { maps } = claim;
  const log = tools.log.child({ submissionId: claim.submissionId, heatMaps: maps.length, method: claim.method });
  log.info('heat maps claimed');
  const renew = () => renewHeatMaps(database, { maps, leaseSeconds });
  const lease = holdLease({ renew, leaseSeconds, shutdown, log });
  try {
    const made = await explain(tools, claim, lease.signal);
    // What is ended from here on holds no lease, and is none that was lost.
    lease.release();
    for (const [place, map] of made.entries()) {
      const held = maps[place];
      if (held && !(await finishHeatMap(database, { ...held, map }))) throw new EvaluationInterrupted('lost');
    }
    log.info('heat maps made');
  } catch (error) {
    await endEarly(tools, claim, lease.signal.aborted ? lease.signal.reason : error, log);
  } finally {
    lease.release();
  }
}

async function explain(tools: EvaluationTools, claim: HeatMapClaim, signal: AbortSignal) {
  const { storage, sandbox, models, config } = tools;
  const { manifest, limits, method } = claim;
  return await withScratchFolder(config.scratchDirectory, async (folder) => {
    const fetched = claim.maps.map(({ image }) => fetchImage(storage, image, join(folder, 'images', image)));
    const images = (await Promise.all(fetched)).map((path) => ({ path }));
    return await explainImages({
      ...{ manifest, limits, sandbox, models, method, images, signal },
      threads: config.threads,
      makeFolder: () => makeScratchFolder(config.scratchDirectory),
      unpack: (directory) => fetchBundle(storage, claim, directory, folder),
    });
  });
}

/** What is the bundle's fault is told; what could go better with another worker is handed back. */
async function endEarly({ database, config }: EvaluationTools, { maps }: HeatMapClaim, error: unknown, log: Logger) {
  if (error instanceof EvaluationInterrupted) {
    log.info({ why: error.why }, 'heat maps interrupted');
    if (error.why === 'shutdown') await releaseHeatMaps(database, { maps, costsAttempt: false });
    return;
  }
  const isOurs = !(error instanceof HoldoutError) || error.fault === 'server';
  if (!isOurs && maps.length === 1) {
    log.info({ code: error.code, detail: error.detail }, 'heat maps refused');
    await refuseHeatMaps(database, { maps, code: error.code, detail: error.detail ?? '' });
    return;
  }
  log.warn({ err: error }, 'heat maps not made; they will be tried again while attempts are left');
  const isAway = error instanceof HoldoutError && error.code === 'storage_unavailable';
  // Of several it may be one that fails: each is tried alone then. What is out of our reach may need a moment.
  const waitSeconds = isOurs ? config.reconcileSeconds : 0;
  await releaseHeatMaps(database, { maps, costsAttempt: !isAway, waitSeconds });
}
