export { isConnectionError } from './connection-error.js';
export { evaluatorRole, evaluatorUrl } from './evaluator-role.js';
export { type EvaluationChange, type Listener, listen } from './listen.js';
export { migrateDatabase } from './migrate-database.js';
export { type Database, openDatabase, type Queryable } from './open-database.js';
export type { Label, Provenance } from './schema.js';
export { findTokenByHash, insertToken, type TokenRecord } from './tables/api-tokens.js';
export { type AuditRecord, insertAudit, listAudit } from './tables/audit-log.js';
export {
  type ComparedEntry,
  listComparedEntries,
  listStaleBoards,
  readBoardStatistics,
  type StaleBoard,
  upsertBoardStatistics,
} from './tables/board-statistics.js';
export { type CompetitionRecord, findCompetition, insertCompetition, listCompetitions } from './tables/competitions.js';
export { type EntryRecord, type LeaderboardRecord, readLeaderboard, upsertReferenceEntry } from './tables/entries.js';
export { type EventRecord, listEvents } from './tables/evaluation-events.js';
export { type ForgottenEvaluations, listForgotten } from './tables/evaluations.js';
export { readInstallationKey } from './tables/installation-keys.js';
export { type GoldLabelRecord, listGoldLabels, listReaderLabels, type ReaderLabelRecord } from './tables/labels.js';
export { type PastBoard, readPastBoard } from './tables/past-board.js';
export { findPhase, insertPhase, type PhaseLimits, type PhaseRecord } from './tables/phases.js';
export { demandQuota, describeQuotaRefusal, type QuotaUse, readQuotaUse } from './tables/quotas.js';
export { findReproduction, type PredictionsRecord, type ReproductionRecord } from './tables/reproductions.js';
export { type ImageRecord, listStudiesOfVersion, type StudyRecord } from './tables/studies.js';
export { findSubmission, listSubmissions, type ScoreBasis, type SubmissionRecord } from './tables/submissions.js';
export { findTeam, insertTeam, type TeamRecord } from './tables/teams.js';
export {
  findTestSetVersion,
  insertTestSetVersion,
  listVersionsOfPhase,
  type NewImage,
  type NewReader,
  type NewStudy,
  type OtherSets,
  readNamingKey,
  readOtherSets,
  readTestSetVersion,
  type TestSetVersionRecord,
} from './tables/test-set-versions.js';
export { changeStanding } from './transitions/change-standing.js';
export { prepareTestSetChange, switchTestSets } from './transitions/change-test-set.js';
export { type ClaimOptions, claimEvaluation, type EvaluationClaim } from './transitions/claim-evaluation.js';
export { claimScoring, type ScoringClaim } from './transitions/claim-scoring.js';
export { cancelEvaluation, failEvaluation, rejectEvaluation } from './transitions/end-evaluation.js';
export { appendLog, type LeaseState, recordProgress, releaseLease, renewLease } from './transitions/hold-lease.js';
export { insertPredictions } from './transitions/insert-predictions.js';
export { insertReproduction } from './transitions/insert-reproduction.js';
export { insertSubmission } from './transitions/insert-submission.js';
export { publishComparison } from './transitions/publish-comparison.js';
export { publishScore } from './transitions/publish-score.js';
export type { Reevaluations } from './transitions/reevaluate.js';
export { finishRunning, startRunning } from './transitions/run-evaluation.js';
