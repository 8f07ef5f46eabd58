import type { CompetitionFile, PhaseFile } from '@holdout/contracts';
import type { CompetitionRecord, PhaseRecord } from '@holdout/db';

/** A competition in the form of its file, with everything that a file may leave out. */
export type DescribedCompetition = Omit<CompetitionFile, 'phases'> & { phases: readonly DescribedPhase[] };
export interface DescribedPhase extends Omit<PhaseFile, 'goldReaders' | 'release'> {
  /** Empty where the labels were given directly. */
  goldReaders: string[];
  release: Omit<PhaseFile['release'], 'decimals'> & { decimals: number | null };
}

export function describeCompetition({ slug, title, description, rules, data, phases }: CompetitionRecord) {
  return { competition: slug, title, description, rules, data, phases: phases.map(describePhase) };
}

function describePhase(phase: PhaseRecord): DescribedPhase {
  const { limits } = phase;
  const { scores, decimals, studyTypes, intervals, failures, board, from, final } = phase.release;
  return {
    phase: phase.slug,
    title: phase.title,
    description: phase.description,
    visibility: phase.visibility,
    testSet: phase.testSet,
    sample: phase.sample,
    sampleInKit: phase.sampleInKit,
    goldReaders: [...phase.goldReaders].sort(),
    opens: phase.opensAt?.toISOString() ?? null,
    closes: phase.closesAt?.toISOString() ?? null,
    limits: {
      bundleSize: limits.bundleSizeBytes,
      time: limits.timeLimitSeconds,
      memory: limits.memoryLimitBytes,
      cpuTime: limits.cpuLimitSeconds,
      scratch: limits.scratchSizeBytes,
      processes: limits.processLimit,
      openFiles: limits.openFileLimit,
      fileSize: limits.fileSizeBytes,
      output: limits.outputSizeBytes,
      log: limits.logSizeBytes,
    },
    quotas: phase.quotas,
    priority: phase.priority,
    hardware: phase.hardware,
    counted: phase.counted,
    ranking: phase.ranking,
    release: {
      scores,
      decimals,
      studyTypes,
      intervals,
      failures,
      board,
      from: from?.toISOString() ?? null,
      final: final?.toISOString() ?? null,
    },
  };
}

/**
 * What a file asks for, with what it leaves out filled in: the decimals by the phase's visibility, the readers by its
 * test set, the beginning of a hidden or frozen board by the one it has or by now.
 */
export function completePhase(file: PhaseFile, known: DescribedPhase | undefined, gold: readonly string[], now: Date) {
  const { decimals = file.visibility === 'hidden' ? 3 : null, board } = file.release;
  const begun = known?.release.board === board ? known.release.from : now.toISOString();
  const from = board === 'live' ? null : (toUtc(file.release.from) ?? begun);
  return {
    ...file,
    goldReaders: [...(file.goldReaders ?? gold)].sort(),
    opens: toUtc(file.opens),
    closes: toUtc(file.closes),
    release: { ...file.release, decimals, from, final: toUtc(file.release.final) },
  };
}

/** The same moment is written in one way. */
function toUtc(date: string | null): string | null {
  return date === null ? null : new Date(date).toISOString();
}
