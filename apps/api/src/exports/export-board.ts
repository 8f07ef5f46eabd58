import { metricNames } from '@holdout/contracts';
import { type Database, type PhaseRecord, readBoardStatistics, readLeaderboard } from '@holdout/db';
import { presentLeaderboard } from '../leaderboard/present-leaderboard.js';
import type { Row } from './write-rows.js';

/** The columns of `exportBoard`, in their order. */
export function boardColumns({ studyTypes }: PhaseRecord): string[] {
  return [
    ...['rank', 'rankLower', 'rankUpper', 'toldApartFromFirst', 'againstBestReader'],
    ...['kind', 'team', 'name', 'engine', 'link', 'submissionId', 'submittedAt', 'studies'],
    ...metricNames,
    ...['kappaLower', 'kappaUpper'],
    ...['truePositive', 'falsePositive', 'trueNegative', 'falseNegative'],
    ...studyTypes.map((type) => `kappa.${type}`),
  ];
}

/** The present board as its organisers may see it: whole and exact, whatever the phase shows to others. */
export async function* exportBoard(database: Database, phase: PhaseRecord): AsyncGenerator<Row> {
  const { id: phaseId, testSetVersionId } = phase;
  const board = await readLeaderboard(database, phaseId, testSetVersionId);
  const statistics = await readBoardStatistics(database, { phaseId, testSetVersionId });
  const open = { ...phase.release, state: 'live' as const, decimals: null, studyTypes: true, intervals: true };
  const { entries } = presentLeaderboard(
    { ...phase, visibility: 'public', release: open },
    { ...board, offset: 0 },
    statistics,
  );
  for (const { score, kappaInterval, rankInterval, bestReader: _, ...entry } of entries) {
    const { counts } = score.overall;
    yield {
      ...entry,
      rankLower: rankInterval?.lower ?? null,
      rankUpper: rankInterval?.upper ?? null,
      studies: score.studies,
      ...Object.fromEntries(metricNames.map((metric) => [metric, score.overall[metric].value])),
      kappaLower: kappaInterval?.lower ?? null,
      kappaUpper: kappaInterval?.upper ?? null,
      ...counts,
      ...Object.fromEntries(
        Object.entries(score.byStudyType).map(([type, table]) => [`kappa.${type}`, table.kappa.value]),
      ),
    };
  }
}
