import {
  type Canceller,
  type CheckWarning,
  finalStates,
  type Progress,
  type ResolvedManifest,
  type Score,
  type ScoreIntervals,
  type Standing,
  type SubmissionState,
} from '@holdout/contracts';
import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Provenance } from '../schema.js';
import { type ReasonRecord, toReason } from './reasons.js';

export interface SubmissionRecord {
  id: string;
  competitionId: string;
  competition: string;
  phase: string;
  phaseId: string;
  teamId: string;
  team: string;
  name: string;
  description: string | null;
  link: string | null;
  engine: ResolvedManifest['engine'] | null;
  bundleDigest: string | null;
  bundleSizeBytes: number | null;
  submittedAt: Date;
  evaluationId: string;
  /** The version of the test set that it is evaluated against. */
  testSetVersionId: string;
  state: SubmissionState;
  progress: Progress | null;
  warnings: readonly CheckWarning[];
  stopOnWarning: boolean;
  reason: ReasonRecord | null;
  /** Who cancelled it; null where nobody did, or it was not asked then. */
  cancelledBy: Canceller | null;
  /** When each state was entered; null for those that were not. */
  times: Record<SubmissionState, Date | null>;
  score: Score | null;
  /** Whether the team may be told it: false where the ladder withholds it. */
  released: boolean;
  /** Whether the team chose it, where a phase lets it choose. */
  chosen: boolean;
  intervals: ScoreIntervals | null;
  /** What the score rests on; null where there is none. */
  basis: ScoreBasis | null;
  standing: Standing;
  /** Why it does not count, where an organiser said so. */
  standingReason: string | null;
}

export interface ScoreBasis {
  testSetDigest: string;
  predictionsDigest: string;
  scorerVersion: string;
  /** How the predictions came about, as the evaluating worker said it; null where they were imported. */
  run: Provenance | null;
}

/** A submission with its evaluation and its score. Not for the evaluating worker, whose role may not read scores. */
export async function findSubmission(db: Queryable, submissionId: string): Promise<SubmissionRecord | null> {
  const row = await selectSubmissions(db).where('submissions.id', '=', submissionId).executeTakeFirst();
  return row ? toRecord(row) : null;
}

/** Whose it is; null where there is none. All that has to be known to decide who may see it. */
export async function findOwnership(
  db: Queryable,
  submissionId: string,
): Promise<{ teamId: string; competitionId: string } | null> {
  const row = await db
    .selectFrom('submissions')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .select(['submissions.teamId', 'phases.competitionId'])
    .where('submissions.id', '=', submissionId)
    .executeTakeFirst();
  return row ?? null;
}

interface ListedSubmissions {
  whose: {
    everybody: boolean;
    teamIds: readonly string[];
    /** All of these competitions. */
    organisedIds: readonly string[];
    /** None but of this competition; null: of all. */
    onlyCompetitionId: string | null;
  };
  /** Only those of a competition, or of its phase, by name. */
  of?: { competition?: string | undefined; phase?: string | undefined };
  limit: number;
}

/** Submissions of some teams and some competitions, or everybody's; the latest first. */
export async function listSubmissions(
  db: Queryable,
  { whose, of = {}, limit }: ListedSubmissions,
): Promise<SubmissionRecord[]> {
  const { everybody, teamIds, organisedIds, onlyCompetitionId } = whose;
  const { competition, phase } = of;
  const rows = await selectSubmissions(db)
    .$if(!everybody, (query) =>
      query.where(
        sql<boolean>`(submissions.team_id = ANY(${teamIds}) OR phases.competition_id = ANY(${organisedIds}))`,
      ),
    )
    .$if(onlyCompetitionId !== null, (query) => query.where('phases.competitionId', '=', onlyCompetitionId ?? ''))
    .$if(competition !== undefined, (query) => query.where('competitions.slug', '=', competition ?? ''))
    .$if(phase !== undefined, (query) => query.where('phases.slug', '=', phase ?? ''))
    .orderBy('submissions.submittedAt', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRecord);
}

/** A page of the submissions that fulfil some conditions, the latest first, and how many there are on all pages. */
export async function pageSubmissions(
  db: Queryable,
  { conditions, after, limit }: { conditions: readonly Condition[]; after: Condition | null; limit: number },
): Promise<{ submissions: SubmissionRecord[]; total: number }> {
  const matching = conditions.reduce((query, condition) => query.where(condition), selectSubmissions(db));
  const page = await (after === null ? matching : matching.where(after))
    .orderBy('submissions.submittedAt', 'desc')
    .orderBy('submissions.id', 'desc')
    .limit(limit)
    .execute();
  const { total } = await matching
    .clearSelect()
    .select(sql<number>`count(*)::integer`.as('total'))
    .executeTakeFirstOrThrow();
  return { submissions: page.map(toRecord), total };
}
/** In the words of the tables `submissions`, `phases`, `teams`, `evaluations` and `standings`. */
export type Condition = RawBuilder<boolean>;

/** How many were ever made in a phase. */
export async function countSubmissions(db: Queryable, phaseId: string): Promise<number> {
  const { count } = await db
    .selectFrom('submissions')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('phaseId', '=', phaseId)
    .executeTakeFirstOrThrow();
  return count;
}

function selectSubmissions(db: Queryable) {
  return db
    .selectFrom('submissions')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .innerJoin('competitions', 'competitions.id', 'phases.competitionId')
    .innerJoin('teams', 'teams.id', 'submissions.teamId')
    .innerJoin('evaluations', (join) => join.on('evaluations.id', '=', shownEvaluation))
    .innerJoin('testSetVersions', 'testSetVersions.id', 'evaluations.testSetVersionId')
    .leftJoin('scores', 'scores.evaluationId', 'evaluations.id')
    .leftJoinLateral(
      (query) =>
        query
          .selectFrom('submissionStandings')
          .select(['standing', 'reason as standingReason'])
          .whereRef('submissionStandings.submissionId', '=', 'submissions.id')
          .orderBy('submissionStandings.id', 'desc')
          .limit(1)
          .as('standings'),
      (join) => join.onTrue(),
    )
    .selectAll('evaluations')
    .select([
      'standings.standing',
      'standings.standingReason',
      'submissions.id',
      'competitions.id as competitionId',
      'competitions.slug as competition',
      'phases.slug as phase',
      'submissions.phaseId',
      'submissions.teamId',
      'teams.name as team',
      'submissions.name',
      'submissions.description',
      'submissions.link',
      'submissions.engine',
      'submissions.bundleDigest',
      'submissions.bundleSizeBytes',
      'submissions.stopOnWarning',
      'submissions.submittedAt',
      'evaluations.id as evaluationId',
      'scores.score',
      'scores.intervals',
      'scores.scorerVersion',
      'testSetVersions.digest as testSetDigest',
      sql<boolean>`coalesce(scores.released, true) OR phases.revealed_at IS NOT NULL`.as('released'),
      sql<boolean>`coalesce((
        SELECT chosen FROM submission_choices WHERE submission_choices.submission_id = submissions.id
        ORDER BY submission_choices.id DESC LIMIT 1), false)`.as('chosen'),
    ]);
}

/**
 * Of several evaluations the one that the board is read from, once it has ended; else the latest that has ended; else
 * the latest. One on a version that is still being prepared is nobody's business yet, and a reproduction is the organisers'.
 */
const shownEvaluation = sql<string>`(
  SELECT id FROM evaluations shown
  WHERE shown.submission_id = submissions.id AND shown.reproduces IS NULL
  ORDER BY shown.superseded_at IS NOT NULL, shown.replaces IS NOT NULL AND shown.state <> 'scored',
    shown.test_set_version_id IS NOT DISTINCT FROM phases.next_test_set_version_id,
    shown.test_set_version_id = phases.test_set_version_id AND shown.state = ANY(${[...finalStates]}) DESC,
    shown.state = ANY(${[...finalStates]}) DESC, shown.queued_at DESC
  LIMIT 1)`;

type SubmissionRow = Awaited<ReturnType<ReturnType<typeof selectSubmissions>['executeTakeFirstOrThrow']>>;

function toRecord(row: SubmissionRow): SubmissionRecord {
  return {
    id: row.id,
    competitionId: row.competitionId,
    competition: row.competition,
    phase: row.phase,
    phaseId: row.phaseId,
    teamId: row.teamId,
    team: row.team,
    name: row.name,
    description: row.description,
    link: row.link,
    engine: row.engine,
    bundleDigest: row.bundleDigest,
    bundleSizeBytes: row.bundleSizeBytes,
    submittedAt: row.submittedAt,
    evaluationId: row.evaluationId,
    testSetVersionId: row.testSetVersionId,
    state: row.state,
    progress: toProgress(row),
    warnings: row.checkWarnings,
    stopOnWarning: row.stopOnWarning,
    reason: toReason(row),
    cancelledBy: row.cancelledBy,
    times: {
      queued: row.queuedAt,
      checking: row.checkingAt,
      running: row.runningAt,
      scoring: row.scoringAt,
      scored: row.scoredAt,
      rejected: row.rejectedAt,
      failed: row.failedAt,
      cancelled: row.cancelledAt,
    },
    score: row.score,
    released: row.released,
    chosen: row.chosen,
    intervals: row.intervals,
    basis: toBasis(row),
    standing: row.standing ?? 'counted',
    standingReason: row.standingReason,
  };
}

interface CountedImages {
  progressStage: Progress['stage'] | null;
  imagesDone: number | null;
  imagesTotal: number | null;
}

/** How far an evaluation is; null where nothing is counted. */
export function toProgress({ progressStage: stage, imagesDone, imagesTotal }: CountedImages): Progress | null {
  return stage && imagesDone !== null && imagesTotal !== null ? { stage, imagesDone, imagesTotal } : null;
}

function toBasis({ testSetDigest, predictionsDigest, scorerVersion, provenance }: SubmissionRow): ScoreBasis | null {
  if (predictionsDigest === null || scorerVersion === null) return null;
  return { testSetDigest, predictionsDigest, scorerVersion, run: provenance };
}
