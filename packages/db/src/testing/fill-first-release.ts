import type { SubmissionState } from '@holdout/contracts';
import pg from 'pg';
import { scoreOf, seedStudy, sha256 } from './seed-phase.js';

/** The last migration of the first release. */
export const firstRelease = 4;

/** What it wrote of one submission, in its own words. */
export interface EarlierSubmission {
  readonly id: string;
  readonly evaluationId: string;
  readonly name: string;
  readonly phase: 'hidden' | 'practice';
  readonly team: 'Ours' | 'Theirs';
  readonly state: SubmissionState;
  readonly kappa?: number | null;
  readonly accuracy?: number;
  readonly reason?: { readonly code: string; readonly detail: string | null };
  /** The states that it went through before. */
  readonly by: readonly SubmissionState[];
  /** By the day of November 2025. */
  readonly day: number;
}

const toScoring: readonly SubmissionState[] = ['queued', 'checking', 'running', 'scoring'];
const toRunning = toScoring.slice(0, 3);
const toChecking = toScoring.slice(0, 2);
type Told = Omit<EarlierSubmission, 'id' | 'evaluationId' | 'day' | 'phase'> & { phase?: 'practice' };

/** Every state, and each way into an end that is told apart later. */
export const earlierSubmissions: readonly EarlierSubmission[] = (
  [
    { name: 'ours-first', team: 'Ours', state: 'scored', kappa: 0.25, by: toScoring },
    { name: 'ours-best', team: 'Ours', state: 'scored', kappa: 0.6254, by: toScoring },
    { name: 'ours-worse', team: 'Ours', state: 'scored', kappa: 0.5, by: toScoring },
    { name: 'theirs-undefined', team: 'Theirs', state: 'scored', kappa: null, by: toScoring },
    reject('ours-in-check', 'model_load_failed', 'Found no graph.', toChecking),
    reject('ours-in-run', 'output_not_finite', 'Study 2 has NaN.', toRunning),
    reject('theirs-unsaid', 'time_limit_exceeded', null, toRunning),
    fail('theirs-spent', 'attempts_spent', 'It was begun 3 times.', toRunning),
    fail('theirs-unscored', 'scoring_failed', 'A file was damaged.', toScoring),
    fail('ours-never-begun', 'internal', null, ['queued']),
    { name: 'ours-cancelled-early', team: 'Ours', state: 'cancelled', by: ['queued'] },
    { name: 'ours-cancelled-late', team: 'Ours', state: 'cancelled', by: toRunning },
    { name: 'ours-checking', team: 'Ours', state: 'checking', by: ['queued'] },
    { name: 'theirs-running', team: 'Theirs', state: 'running', by: toChecking },
    { name: 'theirs-scoring', team: 'Theirs', state: 'scoring', by: toRunning },
    { name: 'ours-waits-1', team: 'Ours', state: 'queued', by: [] },
    { name: 'ours-waits-2', team: 'Ours', state: 'queued', by: [] },
    { name: 'theirs-waits', team: 'Theirs', state: 'queued', by: [] },
    // Ranked by accuracy: the other way round by kappa.
    { name: 'ours-open', team: 'Ours', phase: 'practice', state: 'scored', kappa: 0.9, accuracy: 0.5, by: toScoring },
    {
      name: 'theirs-open',
      team: 'Theirs',
      phase: 'practice',
      state: 'scored',
      kappa: 0,
      accuracy: 0.75,
      by: toScoring,
    },
  ] satisfies readonly Told[]
).map((told: Told, place) => ({
  ...told,
  ...{ id: uuid('a', place), evaluationId: uuid('e', place), phase: told.phase ?? 'hidden', day: 5 + place },
}));

function reject(name: string, code: string, detail: string | null, by: readonly SubmissionState[]): Told {
  return { name, team: name.startsWith('ours') ? 'Ours' : 'Theirs', state: 'rejected', reason: { code, detail }, by };
}

function fail(name: string, code: string, detail: string | null, by: readonly SubmissionState[]): Told {
  return { ...reject(name, code, detail, by), state: 'failed' };
}

/**
 * Writes rows into every table that the first release had, as it wrote them. By hand, since no code of today knows its
 * tables.
 *
 * @param url - of a database with the migrations up to {@link firstRelease}
 */
export async function fillFirstRelease(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(site());
    for (const [place, submission] of earlierSubmissions.entries()) await insert(client, submission, place);
    await client.query(entries());
  } finally {
    await client.end();
  }
}

/** The passwords of its three programs. */
export const earlierTokens = { ours: 'ours', theirs: 'theirs', organiser: 'organiser' } as const;
/** Of its two test sets. */
export const earlierVersions = { hidden: uuid('d', 0), practice: uuid('d', 1) };
const ids = {
  competition: uuid('c', 0),
  hidden: uuid('f', 0),
  practice: uuid('f', 1),
  Ours: uuid('b', 0),
  Theirs: uuid('b', 1),
  versions: earlierVersions,
};

/** One statement of many: a version of a test set is filled by the transaction that makes it. */
function site(): string {
  const studies = [seedStudy('wrist', 1, 0), seedStudy('elbow', 2, 1), seedStudy('wrist', 3, 1)];
  const fill = (version: string) =>
    studies.map(({ study, studyType, patient, images, goldLabel }, position) => {
      const of = `(SELECT id FROM studies WHERE test_set_version_id = '${version}' AND position = ${position})`;
      const views = images.map(
        (view, place) =>
          `INSERT INTO images VALUES (${of}, ${place}, '${view.fileName}', '${view.digest}', ${view.sizeBytes}, 400, 300);`,
      );
      return `INSERT INTO studies (test_set_version_id, position, study, study_type, patient)
          VALUES ('${version}', ${position}, '${study}', '${studyType}', '${patient}');
        ${views.join('\n')}
        INSERT INTO reader_labels VALUES (${of}, 'ada', ${goldLabel}), (${of}, 'bob', 1);
        INSERT INTO gold_labels VALUES (${of}, ${goldLabel});`;
    });
  const { hidden, practice } = ids.versions;
  return `
    INSERT INTO competitions VALUES ('${ids.competition}', 'mura', 'MURA', 'Normal or abnormal?', '2025-11-01');
    INSERT INTO test_sets VALUES ('${uuid('9', 0)}', 'hidden', '2025-11-01'), ('${uuid('9', 1)}', 'practice', '2025-11-01');
    INSERT INTO test_set_versions (id, test_set_id, digest, study_types, studies, images, gold_readers, created_at) VALUES
      ('${hidden}', '${uuid('9', 0)}', '${sha256('hidden')}', '{wrist,elbow}', 3, 6, '{ada}', '2025-11-01'),
      ('${practice}', '${uuid('9', 1)}', '${sha256('practice')}', '{wrist,elbow}', 3, 6, '{}', '2025-11-01');
    ${[...fill(hidden), ...fill(practice)].join('\n')}
    INSERT INTO phases (id, competition_id, slug, title, description, position, visibility, test_set_version_id,
        sample_version_id, ranking_metric, bundle_size_bytes, time_limit_seconds, memory_limit_bytes, created_at) VALUES
      ('${ids.hidden}', '${ids.competition}', 'hidden', 'Hidden', '', 1, 'hidden', '${hidden}', '${practice}',
        'kappa', 3000000000, 600, 4000000000, '2025-11-02'),
      ('${ids.practice}', '${ids.competition}', 'practice', 'Practice', '', 0, 'public', '${practice}', '${practice}',
        'accuracy', 3000000000, 60, 4000000000, '2025-11-02');
    INSERT INTO teams VALUES ('${ids.Ours}', 'Ours', '2025-11-03'), ('${ids.Theirs}', 'Theirs', '2025-11-03');
    INSERT INTO api_tokens (token_sha256, team_id, organiser) VALUES
      ('${sha256(earlierTokens.ours)}', '${ids.Ours}', false),
      ('${sha256(earlierTokens.theirs)}', '${ids.Theirs}', false),
      ('${sha256(earlierTokens.organiser)}', NULL, true);`;
}

/** By the states one after the other, as its workers did: its guards let nobody begin in the middle. */
async function insert(client: pg.Client, submission: EarlierSubmission, place: number): Promise<void> {
  const { id, evaluationId, phase, team, name, state, by, reason, day } = submission;
  const at = (hour: number) => `2025-11-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
  const manifest = { name, engine: 'onnx', model: 'model.onnx', studyAggregation: 'mean', threshold: 0.5 };
  const input = { name: 'x', width: 64, height: 64, channels: 1, layout: 'nchw', resize: 'stretch', scale: 1 };
  const model = { input: { ...input, mean: [0], std: [1], fixedBatchSize: null }, output: { name: 'y', index: 0 } };
  await client.query(
    `INSERT INTO submissions (id, phase_id, team_id, name, description, link, engine, manifest, bundle_digest,
       bundle_size_bytes, submitted_at)
     VALUES ($1, $2, $3, $4, 'It is said.', NULL, 'onnx', $5, $6, 1000, $7)`,
    [id, ids[phase], ids[team], name, { ...manifest, ...model }, sha256(name), at(0)],
  );
  await client.query(
    'INSERT INTO evaluations (id, submission_id, test_set_version_id, queued_at) VALUES ($1, $2, $3, $4)',
    [evaluationId, id, ids.versions[phase], at(0)],
  );
  const states = [...by, state];
  for (const [hour, entered] of states.entries()) {
    if (entered === 'scored') await insertScore(client, submission);
    if (entered !== 'queued') await enter(client, submission, entered, at(hour));
    const data = { state: entered, reason: entered === state ? (reason ?? null) : null };
    await log(client, evaluationId, 'state', data, at(hour));
    if (entered === 'checking') await log(client, evaluationId, 'log', { line: `Loading ${place}` }, at(hour));
    if (entered === 'running') {
      await log(client, evaluationId, 'progress', { stage: 'running', imagesDone: 2, imagesTotal: 6 }, at(hour));
    }
  }
}

async function enter(client: pg.Client, submission: EarlierSubmission, state: SubmissionState, at: string) {
  const { evaluationId, name, reason } = submission;
  const provenance = { engine: 'onnx', engineVersion: '1.20.1', device: 'cpu', threads: 1, batchSize: 8 };
  const written = {
    checking: `attempts = 1, lease_token = 1, lease_owner = 'a:1', lease_expires_at = now()`,
    running: `progress_stage = 'running', images_done = 2, images_total = 6`,
    scoring: `predictions_digest = '${sha256(`predictions of ${name}`)}', provenance = '${JSON.stringify(provenance)}'`,
  }[state as string];
  const leaves = ['checking', 'running'].includes(state) ? '' : ', lease_owner = NULL, lease_expires_at = NULL';
  await client.query(
    `UPDATE evaluations SET state = $2, ${state}_at = $3, reason_code = $4, reason_detail = $5
       ${written ? `, ${written}` : ''}${leaves} WHERE id = $1`,
    [evaluationId, state, at, ...(submission.state === state ? [reason?.code, reason?.detail] : [null, null])],
  );
}

async function insertScore(client: pg.Client, submission: EarlierSubmission): Promise<void> {
  const provenance = {
    predictionsDigest: sha256(`predictions of ${submission.name}`),
    scorerVersion: '1',
    node: 'v20',
  };
  await client.query(`INSERT INTO scores VALUES ($1, $2, '1', $3)`, [
    submission.evaluationId,
    earlierScore(submission),
    provenance,
  ]);
}

function earlierScore({ kappa = null, accuracy = 0.5 }: Pick<EarlierSubmission, 'kappa' | 'accuracy'>) {
  const { overall, ...score } = scoreOf(kappa);
  const table = { ...overall, accuracy: { value: accuracy } };
  return { ...score, overall: table, byStudyType: { wrist: table } };
}

async function log(client: pg.Client, evaluationId: string, kind: string, data: object, at: string): Promise<void> {
  await client.query('INSERT INTO evaluation_events (evaluation_id, at, kind, data) VALUES ($1, $2, $3, $4)', [
    ...[evaluationId, at, kind, data],
  ]);
}

/** Each team's best, and what they are compared with. */
function entries(): string {
  const counted = ['ours-best', 'theirs-undefined', 'ours-open', 'theirs-open'];
  const rows = earlierSubmissions.filter(({ name }) => counted.includes(name));
  const teams = rows.map(({ phase, team, evaluationId, kappa, accuracy }) => {
    const value = (phase === 'hidden' ? kappa : accuracy) ?? 'NULL';
    return `INSERT INTO entries (phase_id, test_set_version_id, kind, team_id, evaluation_id, ranking_value, submitted_at)
      SELECT phase_id, test_set_version_id, 'team', '${ids[team]}', evaluations.id, ${value}, submitted_at
      FROM evaluations JOIN submissions ON submissions.id = submission_id WHERE evaluations.id = '${evaluationId}';`;
  });
  const reference = (kind: string, name: string, kappa: number) =>
    `INSERT INTO entries (phase_id, test_set_version_id, kind, reference_name, reference_score, ranking_value)
     VALUES ('${ids.hidden}', '${ids.versions.hidden}', '${kind}', '${name}', '${JSON.stringify(earlierScore({ kappa }))}',
       ${kappa});`;
  return [...teams, reference('reader', 'ada', 0.8), reference('baseline', 'weak', 0.3)].join('\n');
}

/** Told apart by its first digit, in the form of a random one. */
function uuid(kind: string, place: number): string {
  return `${kind}0000000-0000-4000-8000-${String(place).padStart(12, '0')}`;
}
