import type { MetricName, Quotas } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';

export interface PhaseLimits {
  bundleSizeBytes: number;
  timeLimitSeconds: number;
  memoryLimitBytes: number;
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
  rankingMetric: MetricName;
  /** Of the phase's test set: how many of each, and the types in their order. */
  studies: number;
  images: number;
  studyTypes: string[];
  limits: PhaseLimits;
  quotas: Quotas;
}

interface NewPhase extends PhaseLimits {
  competitionId: string;
  slug: string;
  title: string;
  description: string;
  /** Orders the phases of a competition. */
  position: number;
  visibility: 'public' | 'hidden';
  testSetVersionId: string;
  /** Public studies that every bundle is first run on, with its log open to the team. */
  sampleVersionId: string;
  rankingMetric?: MetricName;
  /** Without limit where they are left out. */
  quotas?: Quotas;
}

/** @returns its id */
export async function insertPhase(db: Queryable, { quotas, ...phase }: NewPhase): Promise<string> {
  const { perDay = null, total = null, atOnce = null } = quotas ?? {};
  const { id } = await db
    .insertInto('phases')
    .values({ ...phase, quotaPerDay: perDay, quotaTotal: total, quotaAtOnce: atOnce })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
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
    .select([
      'phases.id',
      'phases.competitionId',
      'competitions.slug as competition',
      'phases.slug',
      'phases.title',
      'phases.description',
      'phases.visibility',
      'phases.testSetVersionId',
      'testSetVersions.digest as testSetDigest',
      'phases.sampleVersionId',
      'phases.rankingMetric',
      'testSetVersions.studies',
      'testSetVersions.images',
      'testSetVersions.studyTypes',
      'phases.bundleSizeBytes',
      'phases.timeLimitSeconds',
      'phases.memoryLimitBytes',
      'phases.quotaPerDay',
      'phases.quotaTotal',
      'phases.quotaAtOnce',
    ]);
}

type PhaseRow = Awaited<ReturnType<ReturnType<typeof selectPhases>['executeTakeFirstOrThrow']>>;

function toRecord(row: PhaseRow): PhaseRecord {
  const { bundleSizeBytes, timeLimitSeconds, memoryLimitBytes, quotaPerDay, quotaTotal, quotaAtOnce, ...phase } = row;
  return {
    ...phase,
    limits: { bundleSizeBytes, timeLimitSeconds, memoryLimitBytes },
    quotas: { perDay: quotaPerDay, total: quotaTotal, atOnce: quotaAtOnce },
  };
}
