import { z } from 'zod';
import { rankBoundsSchema, readerVerdictSchema } from './board-statistics.js';
import { checkWarningSchema } from './check-warning.js';
import { countedSchema, rankingSchema } from './competition-file.js';
import { digestSchema } from './digest.js';
import { errorCodeSchema } from './errors.js';
import { failureReports } from './failure-kind.js';
import { scoreIntervalsSchema } from './intervals.js';
import { engineSchema, submissionWordsSchema } from './manifest.js';
import { provenanceSchema } from './provenance.js';
import { runLimitsSchema } from './run-limits.js';
import { confusionCountsSchema, metricTableSchema, metricValueSchema, scoreSchema } from './score.js';
import { sentenceSchema } from './sentences.js';
import { shownLinesSchema, shownTextSchema } from './shown-text.js';
import { slugSchema } from './slug.js';
import { standingSchema, submissionStateSchema } from './states.js';

const timeSchema = z.iso.datetime();

/** How many submissions a team may make in a phase; null is without limit. */
export const quotasSchema = z.object({
  /** In any 24 hours. */
  perDay: z.number().int().positive().nullable(),
  total: z.number().int().positive().nullable(),
  /** Under way at one time. */
  atOnce: z.number().int().positive().nullable(),
});
export type Quotas = z.infer<typeof quotasSchema>;

/** What of a board is shown now, and since and until when. */
export const boardVisibilitySchema = z.object({
  /** `final`: everything is shown, for good. */
  state: z.enum(['live', 'hidden', 'frozen', 'final']),
  from: timeSchema.nullable(),
  final: timeSchema.nullable(),
});

export const phaseSchema = z.object({
  phase: slugSchema,
  title: z.string(),
  description: z.string(),
  /** `public`: its studies and labels are open. `hidden`: nobody but its organisers sees them. */
  visibility: z.enum(['public', 'hidden']),
  studies: z.number().int(),
  images: z.number().int(),
  studyTypes: z.array(z.string()),
  testSetVersion: digestSchema,
  limits: runLimitsSchema.extend({ bundleSizeBytes: z.number().int() }),
  quotas: quotasSchema,
  opens: timeSchema.nullable(),
  closes: timeSchema.nullable(),
  /** Whether it takes submissions now. */
  window: z.enum(['before', 'open', 'after']),
  counted: countedSchema,
  ranking: rankingSchema,
  release: z.object({
    scores: z.enum(['exact', 'ladder']),
    decimals: z.number().int().nullable(),
    studyTypes: z.boolean(),
    intervals: z.boolean(),
    failures: z.enum(failureReports),
  }),
  board: boardVisibilitySchema,
});
export type Phase = z.infer<typeof phaseSchema>;

export const competitionSchema = z.object({
  competition: slugSchema,
  title: z.string(),
  description: z.string(),
  rules: z.string(),
  /** From 1; the next one when the words of the rules change. Teams accept a version. */
  rulesVersion: z.number().int().positive(),
  /** Data that lie elsewhere, such as a training set. */
  data: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      url: z.url(),
      sizeBytes: z.number().int().nullable(),
      /** Of the file at the address; null where it is a page, or nobody said. */
      sha256: digestSchema.nullable(),
      licence: z.string().nullable(),
    }),
  ),
  phases: z.array(phaseSchema),
});
export type Competition = z.infer<typeof competitionSchema>;
export const competitionListSchema = z.object({ competitions: z.array(competitionSchema) });

export const reasonStageSchema = z.enum(['queued', 'checking', 'running', 'scoring']);
export type ReasonStage = z.infer<typeof reasonStageSchema>;

/**
 * Whose doing it was that a submission ended without a score: the bundle's team, an organiser who cancelled it, or the
 * server. What is the server's costs no quota.
 */
export const endFaultSchema = z.enum(['team', 'organiser', 'server']);
export type EndFault = z.infer<typeof endFaultSchema>;

/** Why a submission ended without a score, and what to do about it. */
export const reasonSchema = z.object({
  code: errorCodeSchema,
  fault: z.enum(['caller', 'team', 'server']),
  /** The state that it ended in: `checking` is the run on the public sample, `running` the one on the phase's own studies. */
  stage: reasonStageSchema,
  /** Whether the same happened on the public sample; null where that is not known, or not told. */
  alsoOnSample: z.boolean().nullable(),
  /** All of it in English: what happened, the detail, and whether the sample has it too. */
  message: z.string(),
  /** What is particular to this submission; null where the code says all that is told. */
  detail: z.string().nullable(),
  /** What the detail is made of, for who writes it in another language; empty where it is not made of such. */
  sentences: z.array(sentenceSchema),
  next: z.string(),
});
export type Reason = z.infer<typeof reasonSchema>;

export const progressSchema = z.object({
  /** `checking` counts the sample's images, `running` those of the phase's test set. */
  stage: z.enum(['checking', 'running']),
  imagesDone: z.number().int(),
  imagesTotal: z.number().int(),
});
export type Progress = z.infer<typeof progressSchema>;

const publishedTableSchema = metricTableSchema.extend({ counts: confusionCountsSchema.nullable() });
/**
 * A score as it leaves the server. Of a hidden phase the counts are null and the values are rounded, to three decimals
 * where its organisers say no other: exact ones tell, from one submission to the next, which label a study has.
 */
export const publishedScoreSchema = scoreSchema.extend({
  overall: publishedTableSchema,
  byStudyType: z.record(z.string(), publishedTableSchema),
});
export type PublishedScore = z.infer<typeof publishedScoreSchema>;

export const submissionSchema = z.object({
  id: z.uuid(),
  competition: slugSchema,
  phase: slugSchema,
  team: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  link: z.string().nullable(),
  /** null, as the bundle's digest and size, where only predictions were imported. */
  engine: engineSchema.nullable(),
  bundleDigest: digestSchema.nullable(),
  bundleSizeBytes: z.number().int().nullable(),
  state: submissionStateSchema,
  progress: progressSchema.nullable(),
  /** What looked wrong in the check on the public sample; empty before it. */
  warnings: z.array(checkWarningSchema),
  /** Whether the team asked for it to be stopped then, before the run on the phase's own studies. */
  stopOnWarning: z.boolean(),
  reason: reasonSchema.nullable(),
  /** null where it has a score, or has not ended. */
  fault: endFaultSchema.nullable().default(null),
  score: publishedScoreSchema.nullable(),
  /**
   * Why there is a score and the team is not told it: all scores are shown when the phase is final (`until_final`), or it
   * does not beat the team's best by more than chance could (`not_better`).
   */
  withheld: z.enum(['until_final', 'not_better']).nullable(),
  /** Whether the team chose it to count, where the phase lets it choose. */
  chosen: z.boolean(),
  /** How sure the score is; bounds have one decimal fewer than values. */
  intervals: scoreIntervalsSchema.nullable(),
  /** What the score rests on; null where there is none. */
  provenance: provenanceSchema.nullable(),
  /** Whether it counts on the board; an organiser may take it out, with a reason where that is a disqualification. */
  standing: standingSchema,
  standingReason: z.string().nullable(),
  /** When each state was entered, for those that were. */
  times: z.partialRecord(submissionStateSchema, timeSchema),
  submittedAt: timeSchema,
});
export type Submission = z.infer<typeof submissionSchema>;
/** The latest first. */
export const submissionListSchema = z.object({ submissions: z.array(submissionSchema) });

/** What a team has used of a phase's quotas, and when it may submit again. */
export const quotaUseSchema = z.object({
  limits: quotasSchema,
  used: z.object({ perDay: z.number().int(), total: z.number().int(), atOnce: z.number().int() }),
  /** Whether a submission would be accepted now. */
  allowed: z.boolean(),
  /** When the next is allowed, where that is a matter of time. */
  allowedAt: timeSchema.nullable(),
  /** Why none is allowed now, as a sentence. */
  message: z.string().nullable(),
});
export type ReportedQuota = z.infer<typeof quotaUseSchema>;

const boundsSchema = z.object({ lower: z.number(), upper: z.number() });

export const leaderboardEntrySchema = z.object({
  /** Dense rank among the teams' entries; null for reference entries, which stand in place but are not ranked. */
  rank: z.number().int().positive().nullable(),
  kind: z.enum(['team', 'reader', 'baseline']),
  /** The best of the reader entries (highest kappa). */
  bestReader: z.boolean(),
  team: z.string().nullable(),
  name: z.string(),
  engine: engineSchema.nullable(),
  link: z.string().nullable(),
  submissionId: z.uuid().nullable(),
  /** When the submission was made; null for reference entries. */
  submittedAt: timeSchema.nullable(),
  score: publishedScoreSchema,
  /** 95 % of the overall kappa, by resampling patients within study type; null where there is none. */
  kappaInterval: boundsSchema.nullable(),
  /** The ranks that the entry could as well have; null until they are worked out, and for reference entries. */
  rankInterval: rankBoundsSchema.nullable(),
  /** Whether it can be told from the first; null likewise. */
  toldApartFromFirst: z.boolean().nullable(),
  /** How it stands to the best reader; null likewise, and where there is no reader. */
  againstBestReader: readerVerdictSchema.nullable(),
});
export type LeaderboardEntry = z.infer<typeof leaderboardEntrySchema>;

/** How a submission stands on the present board. */
export const submissionPlaceSchema = z.object({
  /** Whether it is its team's entry there; not told while the board is hidden or frozen. */
  onBoard: z.boolean(),
  /** null where it is not on the board, there is no reader, or it is not worked out. */
  againstBestReader: readerVerdictSchema.nullable(),
});
export type SubmissionPlace = z.infer<typeof submissionPlaceSchema>;

/** Entries of one answer, at most and where nothing is asked for. */
export const boardPageLimit = 1000;

/** Which entries of a board are asked for: `limit` of them, after the first `offset`. */
export const boardPageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(boardPageLimit).default(boardPageLimit),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
});

/** A reader as every row of a board is seen against it. */
export const boardReaderSchema = z.object({
  name: z.string(),
  /** The best of them (highest kappa). */
  best: z.boolean(),
  kappa: metricValueSchema,
  kappaInterval: boundsSchema.nullable(),
  sensitivity: metricValueSchema,
  specificity: metricValueSchema,
});
export type BoardReader = z.infer<typeof boardReaderSchema>;

export const leaderboardSchema = z.object({
  competition: slugSchema,
  phase: slugSchema,
  /** The past moment that this board is of; null for the present one. */
  at: timeSchema.nullable(),
  testSetVersion: digestSchema,
  /** Empty where the phase shows no metrics of study types. */
  studyTypes: z.array(z.string()),
  ranking: rankingSchema,
  /** That published values have; null is all of them. */
  decimals: z.number().int().nullable(),
  visibility: boardVisibilitySchema,
  /** All of them, wherever they stand, from the best on. */
  readers: z.array(boardReaderSchema),
  /** From the one at `offset` on. */
  entries: z.array(leaderboardEntrySchema),
  /** How many stand before the first of these; how many entries there are in all, and how many of them are teams'. */
  offset: z.number().int(),
  total: z.number().int(),
  teams: z.number().int(),
  /** Submissions of this phase that have not ended yet. */
  waiting: z.number().int(),
});
export type Leaderboard = z.infer<typeof leaderboardSchema>;

/** What an organiser gives to disqualify a submission. */
export const disqualificationSchema = z.object({ reason: shownLinesSchema.min(1).max(1000) });

/** What a bundle printed on hidden studies, for organisers: one for each time that it was run to its end. */
export const runLogListSchema = z.object({
  evaluationId: z.uuid(),
  logs: z.array(
    z.object({
      attempt: z.number().int(),
      /** Why it failed, where the team is told the kind of failure at most; null where it did not. */
      code: errorCodeSchema.nullable(),
      detail: z.string().nullable(),
      log: z.string(),
      at: timeSchema,
    }),
  ),
});
export type RunLogList = z.infer<typeof runLogListSchema>;

/** How many evaluations are run anew. */
export const rerunSchema = z.object({ begun: z.number().int() });

const labelSchema = z.literal([0, 1]);

/** Of one request; far more than a test set has. Where there are more, zod looks at none of them. */
const mostStudies = 100_000;

/** Predictions that an organiser enters for a team: of each study of the test set exactly one. */
export const importedPredictionsSchema = z.strictObject({
  team: shownTextSchema.min(1).max(100),
  ...submissionWordsSchema,
  /** When they were submitted elsewhere. */
  submittedAt: z.iso.datetime({ offset: true }).optional(),
  predictions: z
    .array(
      z.strictObject({
        study: z.string().min(1),
        label: labelSchema,
        /** Of *abnormal*; null where only a label is known. */
        probability: z.number().min(0).max(1).nullable(),
      }),
    )
    .min(1)
    .max(mostStudies),
});
export type ImportedPredictions = z.infer<typeof importedPredictionsSchema>;

/** A change to a version of a test set: a study is withdrawn, or a label is corrected. */
export const testSetEditSchema = z.union([
  z.strictObject({ withdraw: z.string() }),
  z.strictObject({
    relabel: z.string(),
    /** Whose label; left out where the gold standard is given directly. */
    reader: z.string().optional(),
    label: labelSchema,
  }),
]);
export type TestSetEdit = z.infer<typeof testSetEditSchema>;
export const testSetEditsSchema = z.strictObject({
  edits: z.array(testSetEditSchema).min(1).max(mostStudies),
  /** Why, for the audit log. */
  note: z.string().trim().min(1).max(1000),
});

/** What differs between two versions of a test set. Only organisers see it: it has labels. */
export const testSetDiffSchema = z.object({
  from: digestSchema,
  to: digestSchema,
  added: z.array(z.string()),
  withdrawn: z.array(z.string()),
  /** `reader` null is the gold standard. */
  relabelled: z.array(
    z.object({ study: z.string(), reader: z.string().nullable(), from: labelSchema, to: labelSchema }),
  ),
  imagesChanged: z.array(z.string()),
});
export type TestSetDiff = z.infer<typeof testSetDiffSchema>;

/** What is in a version of a test set. Only organisers see it. */
export const testSetContentsSchema = z.object({
  version: digestSchema,
  /** The readers whose majority is the gold standard; empty where it is given directly. */
  goldReaders: z.array(z.string()),
  studies: z.array(
    z.object({
      study: z.string(),
      /** What it was called where it was imported from; null where that is the same. */
      source: z.string().nullable(),
      studyType: z.string(),
      patient: z.string(),
      images: z.number().int(),
      goldLabel: labelSchema,
      readerLabels: z.record(z.string(), labelSchema),
    }),
  ),
});
export type TestSetContents = z.infer<typeof testSetContentsSchema>;

/** What a change of the test set sets going; the board switches when all of it has ended. */
export const testSetChangeSchema = z.object({
  diff: testSetDiffSchema,
  /** Evaluations that are scored anew from their stored predictions. */
  rescored: z.number().int(),
  /** Evaluations that are run anew, since images changed. */
  rerun: z.number().int(),
});
export type TestSetChange = z.infer<typeof testSetChangeSchema>;

/** What came in by an import, and what it sets going. */
export const testSetImportSchema = testSetChangeSchema.extend({
  studies: z.number().int(),
  images: z.number().int(),
  goldReaders: z.array(z.string()),
  /** Files that were passed over, such as `.DS_Store`. */
  skipped: z.array(z.string()),
});
export type TestSetImport = z.infer<typeof testSetImportSchema>;

/** What came in as the first version of a test set that no phase has yet. */
export const newTestSetImportSchema = testSetImportSchema
  .pick({ studies: true, images: true, goldReaders: true, skipped: true })
  .extend({ testSet: slugSchema, version: digestSchema });
export type NewTestSetImport = z.infer<typeof newTestSetImportSchema>;

/** The versions that a phase has, had, or is changing to; the latest first. */
export const testSetVersionsSchema = z.object({
  versions: z.array(
    z.object({
      version: digestSchema,
      studies: z.number().int(),
      images: z.number().int(),
      /** `next`: evaluations on it are under way, and the board switches to it when they have ended. */
      role: z.enum(['next', 'current', 'past']),
      currentFrom: timeSchema.nullable(),
    }),
  ),
});

/** One act of an organiser, as the log keeps it. */
export const auditRecordSchema = z.object({
  id: z.number().int(),
  at: timeSchema,
  actor: z.string(),
  action: z.string(),
  /** What it was done to: a submission's id, a phase. */
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
/** The latest first; `next` is the `before` of the next page, null on the last one. */
export const auditLogSchema = z.object({ acts: z.array(auditRecordSchema), next: z.number().int().nullable() });

/**
 * What `GET /api/submissions/:id/events` sends, as server-sent events: `event:` is the `kind`, `data:` the
 * object, `id:` a number that grows. `state` with a final state is the last one.
 */
export const submissionEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('state'),
    at: timeSchema,
    state: submissionStateSchema,
    reason: reasonSchema.nullable(),
    fault: endFaultSchema.nullable().default(null),
  }),
  z.object({ kind: z.literal('progress'), at: timeSchema, ...progressSchema.shape }),
  z.object({ kind: z.literal('log'), at: timeSchema, line: z.string() }),
  z.object({ kind: z.literal('warning'), at: timeSchema, ...checkWarningSchema.shape }),
]);
export type SubmissionEvent = z.infer<typeof submissionEventSchema>;

const partHealthSchema = z.object({ ok: z.boolean(), message: z.string().optional() });
export const healthSchema = z.object({
  live: z.literal(true),
  ready: z.boolean(),
  parts: z.object({ database: partHealthSchema, queue: partHealthSchema, storage: partHealthSchema }),
});
export type Health = z.infer<typeof healthSchema>;
