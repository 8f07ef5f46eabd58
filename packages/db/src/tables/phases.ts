import {
  type CountedRule,
  defaultFurtherLimits,
  type FailureReport,
  type FurtherLimits,
  type Hardware,
  type Quotas,
  type RankingRule,
  type RunLimits,
} from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

export interface PhaseLimits extends RunLimits {
  bundleSizeBytes: number;
}

export interface PhaseRecord {
  id: string;
  competitionId: string;
  competition: string;
  slug: string;
  title: string;
  description: string;
  visibility: 'public' | 'hidden';
  testSetVersionId: string;
  testSetDigest: string;
  sampleVersionId: string;
  /** Of the phase's test set: how many of each, and the types in their order. */
  studies: number;
  images: number;
  studyTypes: string[];
  limits: PhaseLimits;
  quotas: Quotas;
  /** What waits in a phase of higher priority is worked first. */
  priority: number;
  /** What its bundles run on, unless one asks for more. */
  hardware: Hardware;
  /** The names of the test sets. */
  testSet: string;
  sample: string;
  /** Whether the starter kit has the sample's pictures and labels. */
  sampleInKit: boolean;
  /** The readers whose majority is the gold standard; empty where labels were given directly. */
  goldReaders: string[];
  opensAt: Date | null;
  closesAt: Date | null;
  /** Whether it takes submissions now, by the database's clock. */
  window: 'before' | 'open' | 'after';
  counted: CountedRule;
  ranking: RankingRule;
  release: PhaseRelease;
}

/** How much a phase tells of its scores; see `releaseSchema` in contracts. */
export interface PhaseRelease {
  scores: 'exact' | 'ladder';
  decimals: number | null;
  studyTypes: boolean;
  intervals: boolean;
  failures: FailureReport;
  board: 'live' | 'hidden' | 'frozen';
  from: Date | null;
  final: Date | null;
  /** What holds now, by the database's clock. */
  state: BoardState;
}
export type BoardState = 'live' | 'hidden' | 'frozen' | 'final';

/** What an organiser decides, and may change later. */
export interface PhaseSettings {
  bundleSizeBytes: number;
  timeLimitSeconds: number;
  memoryLimitBytes: number;
  furtherLimits: FurtherLimits;
  title: string;
  description: string;
  /** Orders the phases of a competition. */
  position: number;
  visibility: 'public' | 'hidden';
  sampleInKit: boolean;
  quotas: Quotas;
  priority: number;
  hardware: Hardware;
  opensAt: Date | null;
  closesAt: Date | null;
  counted: CountedRule;
  ranking: RankingRule;
  release: Omit<PhaseRelease, 'state'>;
}

type Optional =
  | 'sampleInKit'
  | 'furtherLimits'
  | 'quotas'
  | 'priority'
  | 'hardware'
  | 'opensAt'
  | 'closesAt'
  | 'counted'
  | 'ranking'
  | 'release';

interface NewPhase extends Omit<PhaseSettings, Optional>, Partial<Pick<PhaseSettings, Optional>> {
  competitionId: string;
  slug: string;
  testSetVersionId: string;
  /** Public studies that every bundle is first run on, with its log open to the team. */
  sampleVersionId: string;
}

const openRelease: PhaseSettings['release'] = {
  scores: 'exact',
  decimals: null,
  studyTypes: true,
  intervals: true,
  failures: 'kind',
  board: 'live',
  from: null,
  final: null,
};

/**
 * What is left out is as open as can be: without quotas and dates, the best counts, everything is shown; a hidden phase
 * has three decimals.
 *
 * @returns its id
 */
export async function insertPhase(db: Queryable, phase: NewPhase): Promise<string> {
  const { competitionId, slug, testSetVersionId, sampleVersionId, ...settings } = phase;
  const { id } = await db
    .insertInto('phases')
    .values({
      competitionId,
      slug,
      testSetVersionId,
      sampleVersionId,
      ...toColumns({
        sampleInKit: true,
        furtherLimits: defaultFurtherLimits,
        quotas: { perDay: null, total: null, atOnce: null },
        priority: 0,
        hardware: 'cpu',
        opensAt: null,
        closesAt: null,
        counted: 'best',
        ranking: { by: ['kappa'], ties: 'shared' },
        release: { ...openRelease, decimals: phase.visibility === 'hidden' ? 3 : null },
        ...settings,
      }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Changes what an organiser decides. Recount the entries where the rules of counting or ranking have changed. */
export async function updatePhase(db: Queryable, phaseId: string, settings: PhaseSettings): Promise<void> {
  await db.updateTable('phases').set(toColumns(settings)).where('id', '=', phaseId).execute();
}

function toColumns({ quotas, counted, ranking, release, furtherLimits, ...settings }: PhaseSettings) {
  return {
    ...settings,
    runLimits: JSON.stringify(furtherLimits),
    failures: release.failures,
    quotaPerDay: quotas.perDay,
    quotaTotal: quotas.total,
    quotaAtOnce: quotas.atOnce,
    counted: typeof counted === 'string' ? counted : ('chosen' as const),
    chosenAtMost: typeof counted === 'string' ? null : counted.chosen,
    rankingMetrics: [...ranking.by],
    ties: ranking.ties,
    release: release.scores,
    decimals: release.decimals,
    showsStudyTypes: release.studyTypes,
    showsIntervals: release.intervals,
    board: release.board,
    boardFrom: release.from,
    finalAt: release.final,
  };
}

/** A phase by the two names in its address. */
export async function findPhase(db: Queryable, competition: string, phase: string): Promise<PhaseRecord | null> {
  const row = await selectPhases(db)
    .where('competitions.slug', '=', competition)
    .where('phases.slug', '=', phase)
    .executeTakeFirst();
  return row ? toRecord(row) : null;
}

/** The phases of the competitions with these ids, each competition's in their own order. */
export async function listPhases(db: Queryable, competitionIds: readonly string[]): Promise<PhaseRecord[]> {
  if (competitionIds.length === 0) return [];
  const rows = await selectPhases(db)
    .where('phases.competitionId', 'in', competitionIds)
    .orderBy('phases.position')
    .execute();
  return rows.map(toRecord);
}

function selectPhases(db: Queryable) {
  return db
    .selectFrom('phases')
    .innerJoin('competitions', 'competitions.id', 'phases.competitionId')
    .innerJoin('testSetVersions', 'testSetVersions.id', 'phases.testSetVersionId')
    .innerJoin('testSets', 'testSets.id', 'testSetVersions.testSetId')
    .innerJoin('testSetVersions as sampleVersions', 'sampleVersions.id', 'phases.sampleVersionId')
    .innerJoin('testSets as samples', 'samples.id', 'sampleVersions.testSetId')
    .selectAll('phases')
    .select([
      'competitions.slug as competition',
      'testSetVersions.digest as testSetDigest',
      'testSetVersions.studies',
      'testSetVersions.images',
      'testSetVersions.studyTypes',
      'testSetVersions.goldReaders',
      'testSets.slug as testSet',
      'samples.slug as sample',
      sql<BoardState>`CASE WHEN final_at <= now() THEN 'final' WHEN board_from <= now() THEN board ELSE 'live' END`.as(
        'boardState',
      ),
      sql<PhaseRecord['window']>`CASE WHEN opens_at > now() THEN 'before' WHEN closes_at <= now() THEN 'after'
        ELSE 'open' END`.as('window'),
    ]);
}

type PhaseRow = Awaited<ReturnType<ReturnType<typeof selectPhases>['executeTakeFirstOrThrow']>>;

function toRecord(row: PhaseRow): PhaseRecord {
  return {
    id: row.id,
    competitionId: row.competitionId,
    competition: row.competition,
    slug: row.slug,
    title: row.title,
    description: row.description,
    visibility: row.visibility,
    testSetVersionId: row.testSetVersionId,
    testSetDigest: row.testSetDigest,
    sampleVersionId: row.sampleVersionId,
    studies: row.studies,
    images: row.images,
    studyTypes: row.studyTypes,
    limits: {
      bundleSizeBytes: row.bundleSizeBytes,
      timeLimitSeconds: row.timeLimitSeconds,
      memoryLimitBytes: row.memoryLimitBytes,
      ...defaultFurtherLimits,
      ...row.runLimits,
    },
    quotas: { perDay: row.quotaPerDay, total: row.quotaTotal, atOnce: row.quotaAtOnce },
    priority: row.priority,
    hardware: row.hardware,
    testSet: row.testSet,
    sample: row.sample,
    sampleInKit: row.sampleInKit,
    goldReaders: row.goldReaders,
    opensAt: row.opensAt,
    closesAt: row.closesAt,
    window: row.window,
    counted: row.counted === 'chosen' ? { chosen: row.chosenAtMost ?? 1 } : row.counted,
    ranking: { by: row.rankingMetrics, ties: row.ties },
    release: {
      scores: row.release,
      decimals: row.decimals,
      studyTypes: row.showsStudyTypes,
      intervals: row.showsIntervals,
      failures: row.failures,
      board: row.board,
      from: row.boardFrom,
      final: row.finalAt,
      state: row.boardState,
    },
  };
}
