import type { Competition, Phase } from '@holdout/contracts';
import type { CompetitionRecord, PhaseRecord } from '@holdout/db';

/** What anyone may know of a competition. */
export function presentCompetition(competition: CompetitionRecord): Competition {
  return {
    competition: competition.slug,
    title: competition.title,
    description: competition.description,
    rules: competition.rules,
    phases: competition.phases.map(presentPhase),
  };
}

function presentPhase(phase: PhaseRecord): Phase {
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
    limits: phase.limits,
    quotas: phase.quotas,
    opens: phase.opensAt?.toISOString() ?? null,
    closes: phase.closesAt?.toISOString() ?? null,
    window: phase.window,
    counted: phase.counted,
    ranking: phase.ranking,
    release: { scores, decimals, studyTypes, intervals, failures },
    board: { state, from: from?.toISOString() ?? null, final: final?.toISOString() ?? null },
  };
}
