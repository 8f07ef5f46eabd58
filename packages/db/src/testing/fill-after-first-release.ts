import pg from 'pg';
import { earlierSubmissions, earlierVersions } from './fill-first-release.js';
import { sha256 } from './seed-phase.js';

/**
 * What came between the first release and people: standings, limits, warnings, choices, reproductions, repetitions, the
 * next version of a test set, imported predictions.
 *
 * @param url - of a database with the first release's rows, and the migrations up to 18
 */
export async function fillAfterFirstRelease(url: string): Promise<void> {
  const of = (name: string) => earlierSubmissions.find((each) => each.name === name);
  const [first, best, out, warned] = [of('ours-first'), of('ours-best'), of('theirs-undefined'), of('theirs-running')];
  const next = '70000000-0000-4000-8000-000000000000';
  const imported = '80000000-0000-4000-8000-000000000000';
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      UPDATE phases SET quota_per_day = 3, quota_total = 40, run_limits = '{}' WHERE slug = 'hidden';
      INSERT INTO submission_standings (submission_id, standing, reason) VALUES ('${out?.id}', 'disqualified', 'Two accounts.');
      DELETE FROM entries WHERE evaluation_id = '${out?.evaluationId}';
      INSERT INTO audit_log (actor, action, competition_id, subject)
        SELECT 'organiser', 'submission.disqualify', id, '${out?.id}' FROM competitions;
      UPDATE evaluations SET check_warnings = '[{"code": "one_class", "message": "All is normal."}]'
        WHERE id = '${warned?.evaluationId}';
      INSERT INTO evaluation_events (evaluation_id, kind, data)
        VALUES ('${warned?.evaluationId}', 'warning', '{"code": "one_class", "message": "All is normal."}');
      INSERT INTO submission_choices (submission_id, chosen) VALUES ('${best?.id}', true);
      INSERT INTO run_logs (evaluation_id, attempt, log) VALUES ('${best?.evaluationId}', 1, 'Loading');
      INSERT INTO installation_keys (number, key_id, public_key, private_key) VALUES (1, '${sha256('key')}', 'a', 'b');
      INSERT INTO board_statistics (phase_id, test_set_version_id, entries_key, statistics)
        SELECT id, test_set_version_id, 'k', '{}' FROM phases WHERE slug = 'practice';
      UPDATE scores SET released = false, release_facts = '{}' WHERE evaluation_id = '${first?.evaluationId}';
      UPDATE scores SET released = true WHERE evaluation_id = '${first?.evaluationId}';`);
    // Run once more, and compared.
    const copy = `INSERT INTO evaluations (submission_id, test_set_version_id, queued_at`;
    await client.query(`
      ${copy}, reproduces) VALUES ('${best?.id}', '${earlierVersions.hidden}', '2025-11-25', '${best?.evaluationId}');
      UPDATE evaluations SET state = 'checking', checking_at = now() WHERE reproduces IS NOT NULL;
      UPDATE evaluations SET state = 'running', running_at = now() WHERE reproduces IS NOT NULL;
      UPDATE evaluations SET state = 'scoring', scoring_at = now(), predictions_digest = '${sha256('again')}'
        WHERE reproduces IS NOT NULL;
      UPDATE evaluations SET state = 'scored', scored_at = now(), comparison = '{"same": true}' WHERE reproduces IS NOT NULL;
      ${copy}, replaces) VALUES ('${first?.id}', '${earlierVersions.hidden}', '2025-11-26', '${first?.evaluationId}');`);
    // The next version, on which the best is scored from the predictions that there are.
    await client.query(`
      INSERT INTO test_set_versions (id, test_set_id, digest, study_types, studies, images)
        SELECT '${next}', test_set_id, '${sha256('next')}', '{wrist}', 1, 1 FROM test_set_versions
        WHERE id = '${earlierVersions.hidden}';
      INSERT INTO studies (test_set_version_id, position, study, study_type, patient) VALUES ('${next}', 0, 's', 'wrist', 'p');
      INSERT INTO study_sources SELECT id, 'XR_WRIST/patient00001/study1', 'patient00001' FROM studies
        WHERE test_set_version_id = '${next}';
      UPDATE phases SET next_test_set_version_id = '${next}' WHERE slug = 'hidden';
      INSERT INTO evaluations (submission_id, test_set_version_id, queued_at, scoring_at, state, rescored_from, predictions_digest)
        VALUES ('${best?.id}', '${next}', '2025-11-27', now(), 'scoring', '${best?.evaluationId}', '${sha256('predictions')}');
      INSERT INTO submissions (id, phase_id, team_id, name)
        SELECT '${imported}', phase_id, team_id, 'imported' FROM submissions WHERE id = '${out?.id}';
      INSERT INTO evaluations (submission_id, test_set_version_id, state, predictions_digest)
        VALUES ('${imported}', '${earlierVersions.hidden}', 'scoring', '${sha256('imported')}');`);
  } finally {
    await client.end();
  }
}
