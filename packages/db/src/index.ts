export { isConnectionError } from './connection-error.js';
export { evaluatorRole, evaluatorUrl } from './evaluator-role.js';
export { type EvaluationChange, type Listener, listen } from './listen.js';
export { migrateDatabase } from './migrate-database.js';
export { type Database, openDatabase, type Queryable } from './open-database.js';
export type { Label, Provenance, ReleaseFacts, TeamRole, TokenScope, UploadRefusal } from './schema.js';
export { demandPresentAcceptance } from './tables/accepted-rules.js';
export {
  insertPersonalToken,
  insertToken,
  type ListedToken,
  listTokens,
  revokeToken,
  type TokenRecord,
  useTokenByHash,
} from './tables/api-tokens.js';
export { type AuditRecord, insertAudit, listAudit } from './tables/audit-log.js';
export { findBlobUses, listBlobReferences, listUsedBlobs } from './tables/blob-references.js';
export {
  type ComparedEntry,
  listComparedEntries,
  listStaleBoards,
  readBoardStatistics,
  readPlaceOnBoard,
  type StaleBoard,
  upsertBoardStatistics,
} from './tables/board-statistics.js';
export {
  deleteOrganiser,
  insertOrganiser,
  listOrganisers,
  type OrganiserRecord,
} from './tables/competition-organisers.js';
export {
  type CompetitionRecord,
  findCompetition,
  insertCompetition,
  listCompetitions,
  updateCompetition,
} from './tables/competitions.js';
export { type LeaderboardRecord, readLeaderboard, upsertReferenceEntry } from './tables/entries.js';
export { countEvaluations } from './tables/evaluation-counts.js';
export { type EventRecord, listEvents } from './tables/evaluation-events.js';
export { type ForgottenEvaluations, findEvaluationOwner, listForgotten, readHardware } from './tables/evaluations.js';
export { deleteExpired } from './tables/expired.js';
export { filterSubmissions } from './tables/filtered-submissions.js';
export { findHeatMapSource, type HeatMapRecord, listHeatMaps, readHeatMap } from './tables/heat-maps.js';
export { addInstallationKey, readInstallationKey } from './tables/installation-keys.js';
export {
  type GoldLabelRecord,
  listGoldLabels,
  listReaderLabels,
  listSampleLabels,
  type ReaderLabelRecord,
  readReaderNames,
} from './tables/labels.js';
export { type LadderPlace, readLadder } from './tables/ladder.js';
export { insertMail, listMails, type OutboxMail } from './tables/outbox.js';
export { type PastBoard, readPastBoard } from './tables/past-board.js';
export { demandOpen } from './tables/phase-window.js';
export {
  type BoardState,
  findPhase,
  insertPhase,
  type PhaseLimits,
  type PhaseRecord,
  type PhaseRelease,
  type PhaseSettings,
  updatePhase,
} from './tables/phases.js';
export {
  type BoardPage,
  type EntriesBefore,
  type EntryRecord,
  nothingBefore,
  type PlacedEntries,
  type ReaderRecord,
} from './tables/placed-entries.js';
export { readClassShares } from './tables/queue-order.js';
export { listRecentDurations, type QueueAhead, readQueueAhead } from './tables/queue-place.js';
export { type QueueRecord, readQueues } from './tables/queue-reports.js';
export { demandQuota, describeQuotaRefusal, type QuotaUse, readQuotaUse } from './tables/quotas.js';
export type { ReasonRecord } from './tables/reasons.js';
export { findReproduction, type PredictionsRecord, type ReproductionRecord } from './tables/reproductions.js';
export { insertRunLog, listRunLogs, type RunLogRecord } from './tables/run-logs.js';
export { beginCode, forgetWrongCodes } from './tables/second-factors.js';
export {
  deleteStarterBundle,
  listStarterBundles,
  type StarterBundleRecord,
  setStarterBundle,
} from './tables/starter-bundles.js';
export { findImage, type ImageRecord, listStudiesOfVersion, type StudyRecord } from './tables/studies.js';
export {
  countSubmissions,
  findOwnership,
  findSubmission,
  listSubmissions,
  type ScoreBasis,
  type SubmissionRecord,
} from './tables/submissions.js';
export {
  answerInvitation,
  type InvitationRecord,
  insertInvitation,
  listInvitations,
  listReceivedInvitations,
  type ReceivedInvitation,
  withdrawInvitation,
} from './tables/team-invitations.js';
export { changeRole, removeMember } from './tables/team-members.js';
export { deleteMergeOffers, insertMergeOffer, listMergeOffers, type MergeOffer } from './tables/team-merge-offers.js';
export { findTeam, insertTeam, insertTeamOf, readTeam, type TeamDetails, type TeamRecord } from './tables/teams.js';
export { claimTestSet, findTestSetOwners, type TestSetOwners } from './tables/test-set-owners.js';
export {
  findLatestVersion,
  findPhaseOfTestSet,
  findSharedContent,
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
export { freeUploadLock, keepUploadLock, takeUploadLock } from './tables/upload-locks.js';
export {
  deleteConcatenated,
  deleteUpload,
  endUploadWithRefusal,
  findConcatenation,
  findUpload,
  insertUpload,
  listIdleUploads,
  listUnfinishedUploads,
  removeExpiredUploads,
  type UploadRecord,
} from './tables/uploads.js';
export { readUsedRoom, type UsedRoom } from './tables/used-room.js';
export {
  deleteSession,
  findUser,
  findUserByEmail,
  forgetSecondFactors,
  markSecondFactorGiven,
  provideUser,
  readUserPlaces,
  type UserPlaces,
  type UserRecord,
} from './tables/users.js';
export {
  beat,
  listWorkers,
  registerWorker,
  removeOldWorkers,
  setWorkerMode,
  signOffWorker,
  type WorkerRecord,
} from './tables/workers.js';
export { isTextError } from './text-error.js';
export { changeStanding } from './transitions/change-standing.js';
export { prepareTestSetChange, switchTestSets } from './transitions/change-test-set.js';
export { chooseSubmission } from './transitions/choose-submission.js';
export { type ClaimOptions, claimEvaluation, type EvaluationClaim } from './transitions/claim-evaluation.js';
export { claimHeatMaps, type HeatMapClaim, type HeldHeatMap } from './transitions/claim-heat-maps.js';
export { claimNextEvaluation } from './transitions/claim-next-evaluation.js';
export { claimScoring, type ScoringClaim } from './transitions/claim-scoring.js';
export { cancelEvaluation, failEvaluation, rejectEvaluation } from './transitions/end-evaluation.js';
export { finishHeatMap, refuseHeatMaps, releaseHeatMaps, renewHeatMaps } from './transitions/end-heat-map.js';
export {
  appendLog,
  type LeaseState,
  recordBundleStart,
  recordProgress,
  recordReport,
  recordWarnings,
  releaseLease,
  renewLease,
} from './transitions/hold-lease.js';
export { insertPredictions } from './transitions/insert-predictions.js';
export { insertReproduction } from './transitions/insert-reproduction.js';
export { insertSubmission } from './transitions/insert-submission.js';
export { joinCompetition } from './transitions/join-competition.js';
export { mergeTeams } from './transitions/merge-teams.js';
export { publishComparison } from './transitions/publish-comparison.js';
export { LadderMoved, publishScore } from './transitions/publish-score.js';
export { recountPhase, revealFinalPhases } from './transitions/recount-phase.js';
export type { Reevaluations } from './transitions/reevaluate.js';
export { mostOpenHeatMaps, requestHeatMaps } from './transitions/request-heat-maps.js';
export { type RerunChoice, rerunEvaluations } from './transitions/rerun-evaluations.js';
export { finishRunning, startRunning } from './transitions/run-evaluation.js';
export { withLock } from './with-lock.js';
