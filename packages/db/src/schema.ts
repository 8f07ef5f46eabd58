import type {
  BoardStatistics,
  Canceller,
  CheckWarning,
  DataLink,
  Engine,
  ErrorCode,
  FailureReport,
  FurtherLimits,
  Hardware,
  HeatMap,
  HeatMapMethod,
  HeatMapState,
  MetricName,
  PredictionComparison,
  ProblemItem,
  ResolvedManifest,
  Score,
  ScoreIntervals,
  Sentence,
  Standing,
  SubmissionState,
  WorkerDescription,
  WorkerKind,
  WorkerMode,
} from '@holdout/contracts';
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';

/** The tables of `migrations/`, with their columns in camel case. Column comments stand in the SQL. */
export interface Schema {
  competitions: CompetitionsTable;
  testSets: TestSetsTable;
  testSetVersions: TestSetVersionsTable;
  studies: StudiesTable;
  images: ImagesTable;
  readerLabels: ReaderLabelsTable;
  goldLabels: GoldLabelsTable;
  phases: PhasesTable;
  teams: TeamsTable;
  apiTokens: ApiTokensTable;
  submissions: SubmissionsTable;
  evaluations: EvaluationsTable;
  evaluationEvents: EvaluationEventsTable;
  scores: ScoresTable;
  entries: EntriesTable;
  submissionStandings: SubmissionStandingsTable;
  auditLog: AuditLogTable;
  phaseTestSets: PhaseTestSetsTable;
  boardStatistics: BoardStatisticsTable;
  studySources: StudySourcesTable;
  testSetKeys: TestSetKeysTable;
  phaseHistory: PhaseHistoryTable;
  submissionChoices: SubmissionChoicesTable;
  installationKeys: InstallationKeysTable;
  runLogs: RunLogsTable;
  heatMaps: HeatMapsTable;
  users: UsersTable;
  sessions: SessionsTable;
  accounts: AccountsTable;
  outbox: OutboxTable;
  competitionOrganisers: CompetitionOrganisersTable;
  teamMembers: TeamMembersTable;
  teamInvitations: TeamInvitationsTable;
  teamMergeOffers: TeamMergeOffersTable;
  participations: ParticipationsTable;
  rulesAcceptances: RulesAcceptancesTable;
  uploads: UploadsTable;
  workers: WorkersTable;
  starterBundles: StarterBundlesTable;
  workerLosses: WorkerLossesTable;
}

export type TeamRole = 'owner' | 'member';
/** What a token may do; each may do what those before it may. */
export type TokenScope = 'read' | 'submit' | 'organise';
export type InvitationState = 'open' | 'accepted' | 'declined' | 'withdrawn';

/** 0 is normal, 1 is abnormal. */
export type Label = 0 | 1;

/** Facts of how a result came about: engine, versions, device. Names and values as the worker says them. */
export type Provenance = Readonly<Record<string, unknown>>;

/** What the ladder found: by how much a score beat the team's best, and how large chance is. */
export interface ReleaseFacts {
  /** The evaluation that was the team's best released one; null for its first. */
  comparedWith: string | null;
  /** Of the metric that the phase ranks by. */
  difference: number | null;
  standardError: number | null;
}

export type EventKind = 'state' | 'progress' | 'log' | 'warning';

/** Set by the database's clock alone. */
type CreatedAt = ColumnType<Date, never, never>;
/** Set by the database's clock, in a transition. */
type StateTime = ColumnType<Date | null, never, Date>;
/** bigint: read as a number, refused where it would not be exact. */
type BigInteger = number;

interface CompetitionsTable {
  id: Generated<string>;
  slug: string;
  title: string;
  description: string;
  rules: Generated<string>;
  /** Written by a trigger alone. */
  rulesVersion: GeneratedAlways<number>;
  /** Written as JSON text. */
  data: ColumnType<DataLink[], string | undefined, string>;
  createdAt: CreatedAt;
}

interface StarterBundlesTable {
  competitionId: string;
  engine: Engine;
  name: string;
  digest: string;
  /** Written as JSON text. */
  files: ColumnType<StarterFile[], string, string>;
  setAt: ColumnType<Date, never, Date>;
}

export interface StarterFile {
  path: string;
  sizeBytes: number;
}

interface TestSetsTable {
  id: Generated<string>;
  slug: string;
  importedBy: string | null;
  createdAt: CreatedAt;
}

interface TestSetVersionsTable {
  id: Generated<string>;
  testSetId: string;
  digest: string;
  studyTypes: string[];
  studies: number;
  images: number;
  goldReaders: string[];
  createdAt: CreatedAt;
}

interface StudiesTable {
  id: GeneratedAlways<BigInteger>;
  testSetVersionId: string;
  position: number;
  study: string;
  studyType: string;
  patient: string;
}

interface ImagesTable {
  studyId: BigInteger;
  position: number;
  fileName: string;
  digest: string;
  sizeBytes: BigInteger;
  width: number;
  height: number;
}

interface ReaderLabelsTable {
  studyId: BigInteger;
  reader: string;
  label: Label;
}

interface GoldLabelsTable {
  studyId: BigInteger;
  label: Label;
}

interface PhasesTable {
  id: Generated<string>;
  competitionId: string;
  slug: string;
  title: string;
  description: string;
  position: number;
  visibility: 'public' | 'hidden';
  testSetVersionId: string;
  sampleVersionId: string;
  sampleInKit: Generated<boolean>;
  bundleSizeBytes: BigInteger;
  timeLimitSeconds: number;
  memoryLimitBytes: BigInteger;
  quotaPerDay: number | null;
  quotaTotal: number | null;
  quotaAtOnce: number | null;
  counted: Generated<'best' | 'last' | 'chosen'>;
  chosenAtMost: number | null;
  rankingMetrics: Generated<MetricName[]>;
  ties: Generated<'shared' | 'earlier'>;
  opensAt: Date | null;
  closesAt: Date | null;
  release: Generated<'exact' | 'ladder'>;
  decimals: number | null;
  showsStudyTypes: Generated<boolean>;
  showsIntervals: Generated<boolean>;
  board: Generated<'live' | 'hidden' | 'frozen'>;
  boardFrom: Date | null;
  finalAt: Date | null;
  revealedAt: Date | null;
  nextTestSetVersionId: string | null;
  /** What is not in it has its default. */
  runLimits: ColumnType<Partial<FurtherLimits>, string | undefined, string>;
  failures: Generated<FailureReport>;
  priority: Generated<number>;
  hardware: Generated<Hardware>;
  createdAt: CreatedAt;
}

interface RunLogsTable {
  id: GeneratedAlways<BigInteger>;
  evaluationId: string;
  attempt: number;
  code: ErrorCode | null;
  detail: string | null;
  log: string;
  at: CreatedAt;
}

interface PhaseHistoryTable {
  id: GeneratedAlways<BigInteger>;
  phaseId: string;
  at: CreatedAt;
  /** The row of `phases`, with the names of its columns. */
  phase: JSONColumnType<Record<string, unknown>>;
}

interface SubmissionChoicesTable {
  id: GeneratedAlways<BigInteger>;
  submissionId: string;
  at: CreatedAt;
  chosen: boolean;
}

interface TeamsTable {
  id: Generated<string>;
  name: string;
  mergedInto: string | null;
  createdAt: CreatedAt;
}

interface ApiTokensTable {
  id: Generated<string>;
  tokenSha256: string;
  userId: string | null;
  teamId: string | null;
  organiser: Generated<boolean>;
  name: Generated<string>;
  scope: Generated<TokenScope>;
  competitionId: string | null;
  expiresAt: Date | null;
  lastUsedAt: ColumnType<Date | null, never, Date>;
  revokedAt: ColumnType<Date | null, never, Date>;
  createdAt: CreatedAt;
}

/** A person. better-auth writes all but `siteAdmin`. */
interface UsersTable {
  id: Generated<string>;
  name: string;
  email: string;
  emailVerified: Generated<boolean>;
  image: string | null;
  twoFactorEnabled: Generated<boolean | null>;
  siteAdmin: Generated<boolean>;
  createdAt: CreatedAt;
  updatedAt: ColumnType<Date, never, Date>;
}

/** Only what we do ourselves with better-auth's sessions: end them, and say that a second factor was given. */
interface SessionsTable {
  id: Generated<string>;
  userId: string;
  token: string;
  secondFactorGiven: Generated<boolean>;
}

/** Only what we write ourselves of better-auth's accounts: the password of one that is made at the start. */
interface AccountsTable {
  id: Generated<string>;
  userId: string;
  providerId: string;
  accountId: string;
  password: string | null;
}

interface OutboxTable {
  id: GeneratedAlways<BigInteger>;
  at: CreatedAt;
  recipient: string;
  subject: string;
  text: string;
}

interface CompetitionOrganisersTable {
  competitionId: string;
  userId: string;
  since: CreatedAt;
}

interface TeamMembersTable {
  teamId: string;
  userId: string;
  role: TeamRole;
  joinedAt: CreatedAt;
}

interface TeamInvitationsTable {
  id: Generated<string>;
  teamId: string;
  email: string;
  tokenSha256: string;
  invitedBy: string;
  state: Generated<InvitationState>;
  createdAt: CreatedAt;
  expiresAt: Date;
}

interface TeamMergeOffersTable {
  fromTeamId: string;
  intoTeamId: string;
  offeredBy: string;
  offeredAt: CreatedAt;
}

/** A trigger enters a team's members in `participants`, which nothing else reads or writes. */
interface ParticipationsTable {
  competitionId: string;
  teamId: string;
  rulesVersion: number;
  joinedAt: CreatedAt;
}

interface RulesAcceptancesTable {
  id: GeneratedAlways<BigInteger>;
  at: CreatedAt;
  competitionId: string;
  teamId: string;
  acceptedBy: string;
  rulesVersion: number;
}

interface SubmissionsTable {
  id: Generated<string>;
  phaseId: string;
  /** Changes where teams are merged; a trigger remembers it. */
  teamId: string;
  name: string;
  description: string | null;
  link: string | null;
  /** null, as all of the bundle, where only predictions were imported. */
  engine: ResolvedManifest['engine'] | null;
  manifest: JSONColumnType<ResolvedManifest> | null;
  bundleDigest: string | null;
  bundleSizeBytes: BigInteger | null;
  stopOnWarning: Generated<boolean>;
  submittedAt: ColumnType<Date, Date | undefined, never>;
}

interface EvaluationsTable {
  id: Generated<string>;
  submissionId: string;
  testSetVersionId: string;
  state: Generated<SubmissionState>;
  /** Where it waits; a trigger writes all four. */
  hardware: GeneratedAlways<Hardware>;
  priority: GeneratedAlways<number>;
  turn: GeneratedAlways<BigInteger>;
  queueLine: GeneratedAlways<string | null>;
  leaseOwner: string | null;
  leaseToken: Generated<BigInteger>;
  leaseExpiresAt: Date | null;
  /** Since when the bundle's own code may be running in this attempt. */
  bundleStartedAt: Date | null;
  attempts: Generated<number>;
  scoringAttempts: Generated<number>;
  progressStage: 'checking' | 'running' | null;
  imagesDone: number | null;
  imagesTotal: number | null;
  checkWarnings: ColumnType<CheckWarning[], string | undefined, string>;
  predictionsDigest: string | null;
  rescoredFrom: string | null;
  /** The evaluation that this one repeats; it has a comparison then, and never a score. */
  reproduces: string | null;
  replaces: string | null;
  supersededAt: Date | null;
  comparison: JSONColumnType<PredictionComparison> | null;
  provenance: JSONColumnType<Provenance> | null;
  reasonCode: ErrorCode | null;
  reasonDetail: string | null;
  reasonSentences: ColumnType<Sentence[], string | undefined, string>;
  cancelledBy: Canceller | null;
  /** For logs alone: of the request that submitted it. */
  requestId: string | null;
  queuedAt: CreatedAt;
  checkingAt: StateTime;
  runningAt: StateTime;
  /** Written at once only where the predictions are there from the beginning. */
  scoringAt: ColumnType<Date | null, Date | undefined, Date>;
  scoredAt: StateTime;
  rejectedAt: StateTime;
  failedAt: StateTime;
  cancelledAt: StateTime;
}

interface EvaluationEventsTable {
  id: GeneratedAlways<BigInteger>;
  evaluationId: string;
  at: CreatedAt;
  kind: EventKind;
  data: JSONColumnType<object>;
}

interface ScoresTable {
  evaluationId: string;
  score: JSONColumnType<Score>;
  intervals: JSONColumnType<ScoreIntervals> | null;
  scorerVersion: string;
  provenance: JSONColumnType<Provenance>;
  released: Generated<boolean>;
  releaseFacts: JSONColumnType<ReleaseFacts> | null;
  createdAt: CreatedAt;
}

interface EntriesTable {
  id: Generated<string>;
  phaseId: string;
  testSetVersionId: string;
  kind: 'team' | 'reader' | 'baseline';
  teamId: string | null;
  evaluationId: string | null;
  referenceName: string | null;
  referenceScore: JSONColumnType<Score> | null;
  referenceIntervals: JSONColumnType<ScoreIntervals> | null;
  /** By the phase's metrics in their order; −∞ where one is undefined. */
  rankingValues: number[];
  submittedAt: Date | null;
  createdAt: CreatedAt;
}

interface SubmissionStandingsTable {
  id: GeneratedAlways<BigInteger>;
  submissionId: string;
  at: CreatedAt;
  standing: Standing;
  reason: string | null;
}

interface AuditLogTable {
  id: GeneratedAlways<BigInteger>;
  at: CreatedAt;
  actor: string;
  action: string;
  competitionId: string | null;
  subject: string;
  before: ColumnType<unknown, string, never>;
  after: ColumnType<unknown, string, never>;
}

interface StudySourcesTable {
  studyId: BigInteger;
  source: string;
  patient: string;
}

interface TestSetKeysTable {
  testSetId: string;
  namingKey: Generated<string>;
}

interface InstallationKeysTable {
  number: number;
  keyId: string;
  publicKey: string;
  privateKey: string;
  createdAt: CreatedAt;
}

interface BoardStatisticsTable {
  phaseId: string;
  testSetVersionId: string;
  entriesKey: string;
  statistics: JSONColumnType<BoardStatistics>;
  computedAt: ColumnType<Date, Date | undefined, Date>;
}

/** Written by a trigger alone. */
interface PhaseTestSetsTable {
  id: GeneratedAlways<BigInteger>;
  phaseId: string;
  testSetVersionId: string;
  currentFrom: CreatedAt;
}

/** Why a bundle that came in parts was refused, to be told again as it was told. */
export interface UploadRefusal {
  readonly code: ErrorCode;
  readonly detail: string | null;
  /** Missing where an earlier version refused it. */
  readonly sentences?: readonly Sentence[];
  readonly problems: readonly ProblemItem[];
}

interface UploadsTable {
  id: string;
  teamId: string;
  phaseId: string;
  sizeBytes: BigInteger;
  metadata: JSONColumnType<Readonly<Record<string, string | null>>>;
  submissionId: string | null;
  refusal: JSONColumnType<UploadRefusal> | null;
  createdAt: CreatedAt;
  endedAt: StateTime;
  lockOwner: string | null;
  lockExpiresAt: Date | null;
  lockWanted: Generated<boolean>;
  partial: Generated<boolean>;
  concatenates: string[] | null;
}

interface WorkersTable {
  id: Generated<string>;
  name: string;
  kind: WorkerKind;
  machine: string;
  description: JSONColumnType<WorkerDescription>;
  mode: Generated<WorkerMode>;
  serves: Hardware[];
  startedAt: ColumnType<Date, never, Date>;
  lastSeenAt: ColumnType<Date, never, Date>;
  endedAt: ColumnType<Date | null, never, Date | null>;
}

interface WorkerLossesTable {
  id: GeneratedAlways<BigInteger>;
  evaluationId: string;
  owner: string;
  at: CreatedAt;
}

interface HeatMapsTable {
  id: Generated<string>;
  bundle: string;
  image: string;
  method: HeatMapMethod;
  submissionId: string;
  askedBy: 'team' | 'organiser';
  state: Generated<HeatMapState>;
  requestedAt: ColumnType<Date, never, Date>;
  endedAt: Date | null;
  attempts: Generated<number>;
  leaseOwner: string | null;
  leaseToken: Generated<BigInteger>;
  leaseExpiresAt: Date | null;
  map: ColumnType<HeatMap | null, never, string>;
  reasonCode: ErrorCode | null;
  reasonDetail: string | null;
}
