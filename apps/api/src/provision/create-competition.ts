import { type Quotas, slugSchema } from '@holdout/contracts';
import { findCompetition, findPhase, insertCompetition, insertPhase } from '@holdout/db';
import type { Provisioning } from './open-provisioning.js';

interface NewPhase {
  readonly phase: string;
  readonly title: string;
  readonly description: string;
  readonly visibility: 'public' | 'hidden';
  /** The version that submissions are scored on, from `importTestSet`. */
  readonly testSetVersionId: string;
  /** Public studies that a bundle is first run on, with its log open to the team. */
  readonly sampleVersionId: string;
  readonly limits?: Partial<PhaseLimits>;
  /** Five in 24 hours, twenty in all and one at a time where it is left out, as MURA had. */
  readonly quotas?: Quotas;
}

interface PhaseLimits {
  readonly bundleSizeBytes: number;
  readonly timeLimitSeconds: number;
  readonly memoryLimitBytes: number;
}

interface NewCompetition {
  readonly competition: string;
  readonly title: string;
  readonly description: string;
  /** In the order in which they are shown. */
  readonly phases: readonly NewPhase[];
}

const mebibyte = 1024 * 1024;
const defaultLimits: PhaseLimits = {
  bundleSizeBytes: 512 * mebibyte,
  timeLimitSeconds: 30 * 60,
  memoryLimitBytes: 4096 * mebibyte,
};
const defaultQuotas: Quotas = { perDay: 5, total: 20, atOnce: 1 };

/** Makes a competition and its phases where they are not there yet; what is there is left as it is. */
export async function createCompetition({ database }: Provisioning, competition: NewCompetition): Promise<void> {
  const slug = slugSchema.parse(competition.competition);
  const { title, description } = competition;
  await database.transaction().execute(async (trx) => {
    const known = await findCompetition(trx, slug);
    const competitionId = known?.id ?? (await insertCompetition(trx, { slug, title, description }));
    for (const [position, phase] of competition.phases.entries()) {
      if (await findPhase(trx, slug, phase.phase)) continue;
      await insertPhase(trx, {
        competitionId,
        slug: slugSchema.parse(phase.phase),
        title: phase.title,
        description: phase.description,
        position,
        visibility: phase.visibility,
        testSetVersionId: phase.testSetVersionId,
        sampleVersionId: phase.sampleVersionId,
        ...defaultLimits,
        ...phase.limits,
        quotas: phase.quotas ?? defaultQuotas,
      });
    }
  });
}
