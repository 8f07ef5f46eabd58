import { defaultFurtherLimits, type Hardware, type HeatMapMethod, type ResolvedManifest } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { PhaseLimits } from '../tables/phases.js';
import { mayClaim } from '../tables/workers.js';
import { attemptsSpent, defaultMaxAttempts } from './claim-evaluation.js';

interface ClaimOptions {
  owner: string;
  leaseSeconds: number;
  maxAttempts?: number;
  serves: readonly Hardware[];
}

/** One heat map of a claim. Each write names the lease's token. */
export interface HeldHeatMap {
  id: string;
  /** The digest of its image. */
  image: string;
  leaseToken: number;
}

/** Heat maps that one run of a bundle makes. */
export interface HeatMapClaim {
  submissionId: string;
  bundleDigest: string;
  manifest: ResolvedManifest;
  limits: PhaseLimits;
  method: HeatMapMethod;
  maps: HeldHeatMap[];
}

/** One run of a bundle makes so many: little enough that an evaluation which comes waits for seconds. */
const mostOfClaim: Readonly<Record<HeatMapMethod, number>> = { cam: 16, occlusion: 1 };

/**
 * Claims heat maps of one bundle: the one that was asked for first and is held by no worker, and, where its team asked for it,
 * others that a team asked for. One whose attempts are spent is refused.
 *
 * @returns null where none waits for this worker, or it is paused or draining
 */
export async function claimHeatMaps(db: Queryable, options: ClaimOptions): Promise<HeatMapClaim | null> {
  const { owner, leaseSeconds, maxAttempts = defaultMaxAttempts } = options;
  return db.transaction().execute(async (trx) => {
    if (!(await mayClaim(trx, owner))) return null;
    for (;;) {
      const first = await lockFirst(trx, options.serves);
      if (!first) return null;
      if (first.attempts >= maxAttempts) {
        const { code, detail } = attemptsSpent(first.attempts);
        const end = { state: 'refused', reasonCode: code, reasonDetail: detail, endedAt: sql<Date>`now()` } as const;
        const set = { ...end, leaseOwner: null, leaseExpiresAt: null };
        await trx.updateTable('heatMaps').set(set).where('id', '=', first.id).execute();
        continue;
      }
      const ids = mayHaveCompany(first) ? await lockOthers(trx, first) : [];
      const maps = await trx
        .updateTable('heatMaps')
        .set((columns) => ({
          leaseOwner: owner,
          leaseToken: columns('leaseToken', '+', 1),
          leaseExpiresAt: sql<Date>`now() + make_interval(secs => ${leaseSeconds})`,
          attempts: columns('attempts', '+', 1),
        }))
        .where('id', 'in', [first.id, ...ids])
        .returning(['id', 'image', 'leaseToken'])
        .execute();
      return { ...(await readSubmission(trx, first.submissionId)), method: first.method, maps };
    }
  });
}

/**
 * One that was the end of a worker before is tried alone. So is what organisers look at: a model sees all that its run sees, and
 * could put a hidden image into the map of a sample's image, which its team reads.
 */
function mayHaveCompany({ attempts, askedBy }: { attempts: number; askedBy: string }): boolean {
  return attempts === 0 && askedBy === 'team';
}

async function lockFirst(trx: Queryable, serves: readonly Hardware[]) {
  return await selectFree(trx)
    .innerJoin('submissions', 'submissions.id', 'heatMaps.submissionId')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .select(['heatMaps.submissionId', 'heatMaps.bundle', 'heatMaps.method'])
    .select(['heatMaps.attempts', 'heatMaps.askedBy'])
    .where('phases.hardware', 'in', serves)
    .limit(1)
    .executeTakeFirst();
}

/** Others of the same bundle that nobody has begun, of the public sample all of them. */
async function lockOthers(
  trx: Queryable,
  { id, bundle, method }: { id: string; bundle: string; method: HeatMapMethod },
) {
  const rows = await selectFree(trx)
    .where('heatMaps.bundle', '=', bundle)
    .where('heatMaps.method', '=', method)
    .where('heatMaps.attempts', '=', 0)
    .where('heatMaps.askedBy', '=', 'team')
    .where('heatMaps.id', '!=', id)
    .limit(mostOfClaim[method] - 1)
    .execute();
  return rows.map((row) => row.id);
}

/** Those that wait and are held by no worker that lives, in their order, locked; what others have locked is theirs. */
function selectFree(trx: Queryable) {
  return trx
    .selectFrom('heatMaps')
    .select('heatMaps.id')
    .where('heatMaps.state', '=', 'requested')
    .where((where) =>
      where.or([where('heatMaps.leaseExpiresAt', 'is', null), where('heatMaps.leaseExpiresAt', '<', sql<Date>`now()`)]),
    )
    .orderBy('heatMaps.requestedAt')
    .orderBy('heatMaps.id')
    .forUpdate('heatMaps')
    .skipLocked();
}

async function readSubmission(trx: Queryable, submissionId: string) {
  const row = await trx
    .selectFrom('submissions')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .select(['submissions.bundleDigest', 'submissions.manifest'])
    .select(['phases.bundleSizeBytes', 'phases.timeLimitSeconds', 'phases.memoryLimitBytes', 'phases.runLimits'])
    .where('submissions.id', '=', submissionId)
    .executeTakeFirstOrThrow();
  const { bundleDigest, manifest, runLimits, ...limits } = row;
  if (bundleDigest === null || manifest === null) throw new Error(`Submission ${submissionId} has no bundle.`);
  return { submissionId, bundleDigest, manifest, limits: { ...limits, ...defaultFurtherLimits, ...runLimits } };
}
