-- The role of the machine that runs a team's bundle. What is not granted here, Postgres refuses it:
-- reader_labels, gold_labels, scores, entries, teams and api_tokens do not appear.
-- The role itself is made before the migrations, with a password of this installation.

GRANT USAGE ON SCHEMA public TO holdout_evaluator;
GRANT SELECT ON competitions, phases, test_sets, test_set_versions, studies, images, submissions
  TO holdout_evaluator;
GRANT SELECT ON evaluations, evaluation_events TO holdout_evaluator;
GRANT INSERT ON evaluation_events TO holdout_evaluator;
GRANT UPDATE (
  state, lease_owner, lease_token, lease_expires_at, attempts,
  progress_stage, images_done, images_total,
  predictions_digest, provenance, reason_code, reason_detail,
  checking_at, running_at, scoring_at, rejected_at, failed_at
) ON evaluations TO holdout_evaluator;
