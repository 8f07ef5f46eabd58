import { createHash } from 'node:crypto';
import type { ResolvedModelManifest } from '@holdout/contracts';
import { type Database, insertTestSetVersion, type Queryable, upsertReferenceEntry } from '@holdout/db';
import { scoreIntervals, scorePredictions } from '@holdout/scoring';
import { sql } from 'kysely';
import { createRandom } from '../densenet/random.js';
import { makeStudies, predictStudy } from '../rows/scoring.js';

export const teams = 10_000;
export const submissionsPerTeam = 100;
/** Of each team's; the others were rejected, failed or were cancelled. */
export const scoredPerTeam = 5;
const shapes = 40;

export interface FilledPhase {
  phaseId: string;
  versionId: string;
  digest: string;
}

export const manifest: ResolvedModelManifest = {
  name: 'densenet-169',
  studyAggregation: 'mean',
  threshold: 0.5,
  engine: 'onnx',
  model: 'model.onnx',
  input: {
    name: 'input',
    width: 320,
    height: 320,
    channels: 3,
    layout: 'nchw',
    resize: 'stretch',
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    fixedBatchSize: null,
  },
  output: { name: 'output', activation: 'none', index: 0 },
};

/**
 * Fills a migrated database with one competition of one hidden phase of 207 studies, its teams, a million submissions
 * (or fewer) with one evaluation each, the scores and intervals of those that were scored, each team's entry, three readers and the
 * statistics of the first thousand. Written past the triggers, as it would stand after the journeys of all of them.
 */
export async function fillDatabase(
  database: Database,
  say: (line: string) => void,
  perTeam: number = submissionsPerTeam,
  teamCount: number = teams,
): Promise<FilledPhase> {
  const phase = await insertPhaseOfStudies(database);
  await database.transaction().execute(async (trx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(trx);
    // The phase is as old as its first submission.
    await sql`UPDATE phase_test_sets SET current_from = now() - interval '201 days'`.execute(trx);
    await sql`UPDATE phase_history SET at = now() - interval '201 days'`.execute(trx);
    await insertShapes(trx);
    say(`${teamCount.toLocaleString('en')} teams and ${(teamCount * perTeam).toLocaleString('en')} submissions`);
    await sql`INSERT INTO teams (name) SELECT 'Team ' || n FROM generate_series(1, ${teamCount}::integer) n`.execute(
      trx,
    );
    await sql`
      INSERT INTO submissions (phase_id, team_id, name, engine, manifest, bundle_digest, bundle_size_bytes, submitted_at)
      SELECT ${phase.phaseId}, teams.id, 'model ' || n, 'onnx', ${JSON.stringify(manifest)}::jsonb,
        encode(sha256((teams.name || n)::bytea), 'hex'), 50000000,
        now() - interval '200 days' + n * interval '1 day' + random() * interval '20 hours'
      FROM teams CROSS JOIN generate_series(1, ${perTeam}::integer) n`.execute(trx);
    await sql`
      INSERT INTO evaluations (submission_id, test_set_version_id, state, attempts, predictions_digest, provenance,
        reason_code, queued_at, checking_at, running_at, scoring_at, scored_at, rejected_at, cancelled_at)
      SELECT id, ${phase.versionId}, state, 1, CASE state WHEN 'scored' THEN bundle_digest END,
        '{"engine": "onnx"}', CASE state WHEN 'rejected' THEN 'output_invalid' END, submitted_at, submitted_at,
        CASE state WHEN 'scored' THEN submitted_at END, CASE state WHEN 'scored' THEN submitted_at END,
        CASE state WHEN 'scored' THEN submitted_at + interval '10 minutes' END,
        CASE state WHEN 'rejected' THEN submitted_at END, CASE state WHEN 'cancelled' THEN submitted_at END
      FROM (
        SELECT *, CASE WHEN place <= ${scoredPerTeam} THEN 'scored' WHEN place % 3 = 0 THEN 'cancelled'
          ELSE 'rejected' END AS state
        FROM (SELECT *, row_number() OVER (PARTITION BY team_id ORDER BY id) AS place FROM submissions) placed
      ) ended`.execute(trx);
    say('scores and entries');
    await sql`
      INSERT INTO scores (evaluation_id, score, intervals, scorer_version, provenance)
      SELECT id, jsonb_set(shapes.score, '{overall,kappa,value}', to_jsonb(round((random() * 0.8)::numeric, 5))),
        shapes.intervals, '1', '{}'
      FROM (SELECT id, (row_number() OVER ()) % ${shapes}::integer AS shape FROM evaluations WHERE state = 'scored') scored
      JOIN shapes USING (shape)`.execute(trx);
    await sql`
      INSERT INTO entries (phase_id, test_set_version_id, kind, team_id, evaluation_id, ranking_values, submitted_at)
      SELECT DISTINCT ON (submissions.team_id) submissions.phase_id, evaluations.test_set_version_id, 'team',
        submissions.team_id, evaluations.id, ranking_values(score, '{kappa}') AS kappas,
        submissions.submitted_at
      FROM scores JOIN evaluations ON evaluations.id = evaluation_id
      JOIN submissions ON submissions.id = submission_id
      ORDER BY submissions.team_id, kappas DESC`.execute(trx);
    await sql`
      INSERT INTO board_statistics (phase_id, test_set_version_id, entries_key, statistics)
      SELECT phase_id, test_set_version_id, '', jsonb_build_object('level', 0.95, 'resamples', 2000, 'seed', 1,
        'entries', jsonb_object_agg(evaluation_id, '{"rank": {"lower": 1, "upper": 90}, "toldApartFromFirst": false,
          "againstBestReader": "not told apart from"}'::jsonb))
      FROM (SELECT * FROM entries ORDER BY ranking_values DESC LIMIT 1000) first
      GROUP BY phase_id, test_set_version_id`.execute(trx);
  });
  await enterReaders(database, phase);
  // As autovacuum would have by and by.
  await sql`VACUUM ANALYZE`.execute(database);
  await sql`CHECKPOINT`.execute(database);
  return phase;
}

export async function insertPhaseOfStudies(database: Database): Promise<FilledPhase> {
  const digest = createHash('sha256').update('bench').digest('hex');
  const studies = makeStudies(207, createRandom(11)).map(({ study, studyType, patient, label }, place) => ({
    study,
    studyType,
    patient,
    goldLabel: label,
    images: [{ fileName: 'image1.png', digest, sizeBytes: 1000 + place, width: 320, height: 320 }],
  }));
  const versionId = await insertTestSetVersion(database, { testSet: 'bench', digest, studies });
  const { rows } = await sql<{ id: string }>`
    WITH competition AS (INSERT INTO competitions (slug, title, description) VALUES ('bench', 'Bench', '') RETURNING id)
    INSERT INTO phases (competition_id, slug, title, description, position, visibility, test_set_version_id,
      sample_version_id, bundle_size_bytes, time_limit_seconds, memory_limit_bytes)
    SELECT id, 'test', 'Test', '', 0, 'hidden', ${versionId}::uuid, ${versionId}::uuid, 500000000, 600, 4000000000
    FROM competition RETURNING id`.execute(database);
  return { phaseId: rows[0]?.id ?? '', versionId, digest };
}

/** So many real scores with their intervals; each team's kappa is then made its own. */
async function insertShapes(database: Queryable): Promise<void> {
  await sql`CREATE TEMPORARY TABLE shapes (shape integer, score jsonb, intervals jsonb) ON COMMIT DROP`.execute(
    database,
  );
  for (let shape = 0; shape < shapes; shape++) {
    const { score, intervals } = scoreSome(12 + shape);
    await sql`INSERT INTO shapes VALUES (${shape}, ${JSON.stringify(score)}, ${JSON.stringify(intervals)})`.execute(
      database,
    );
  }
}

async function enterReaders(database: Database, { phaseId }: FilledPhase): Promise<void> {
  for (const reader of [1, 2, 3]) {
    await upsertReferenceEntry(database, { phaseId, kind: 'reader', name: `Reader ${reader}`, ...scoreSome(reader) });
  }
}

/** A score of 207 studies, with its intervals. */
export function scoreSome(seed: number) {
  const random = createRandom(seed);
  const gold = makeStudies(207, random);
  const predictions = gold.map((study) => predictStudy(study, random));
  const intervals = scoreIntervals(gold, predictions, { resamples: 50 });
  return { score: scorePredictions(gold, predictions), intervals };
}
