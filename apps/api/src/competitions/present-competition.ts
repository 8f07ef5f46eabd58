import type { Competition, Phase } from '@holdout/contracts';
import type { CompetitionRecord, PhaseRecord } from '@holdout/db';

/** What anyone may know of a competition. */
export function presentCompetition(competition: CompetitionRecord): Competition {
  return {
    competition: competition.slug,
    title: competition.title,
    description: competition.description,
    rules: competition.rules,
    rulesVersion: competition.rulesVersion,
    data: competition.data.map(({ name, description, url, size, sha256, licence }) => ({
      name,
      description,
      url,
      sizeBytes: size,
      sha256,
      licence,
    })),
    phases: competition.phases.map(presentPhase),
  };
}

function presentPhase(phase: PhaseRecord): Phase {
  const { quotas, ranking } = phase;
  const { scores, decimals, studyTypes, intervals, failures, state, from, final } = phase.release;
  return {
    phase: phase.slug,
    title: phase.title,
    description: phase.description,
    visibility: phase.visibility,
    studies: phase.studies,
    images: phase.images,
    studyTypes: phase.studyTypes,
    testSetVersion: phase.testSetDigest,
    limits: presentLimits(phase),
    quotas: { perDay: quotas.perDay, total: quotas.total, atOnce: quotas.atOnce },
    opens: phase.opensAt?.toISOString() ?? null,
    closes: phase.closesAt?.toISOString() ?? null,
    window: phase.window,
    counted: phase.counted,
    ranking: { by: ranking.by, ties: ranking.ties },
    release: { scores, decimals, studyTypes, intervals, failures },
    board: { state, from: from?.toISOString() ?? null, final: final?.toISOString() ?? null },
  };
}

function presentLimits({ limits }: PhaseRecord): Phase['limits'] {
  return {
    bundleSizeBytes: limits.bundleSizeBytes,
    timeLimitSeconds: limits.timeLimitSeconds,
    cpuLimitSeconds: limits.cpuLimitSeconds,
    memoryLimitBytes: limits.memoryLimitBytes,
    scratchSizeBytes: limits.scratchSizeBytes,
    processLimit: limits.processLimit,
    openFileLimit: limits.openFileLimit,
    fileSizeBytes: limits.fileSizeBytes,
    outputSizeBytes: limits.outputSizeBytes,
    logSizeBytes: limits.logSizeBytes,
  };
}
