-- An evaluation that an organiser has run anew on the same version of the test set, in place of another one. What it
-- replaces stays on the board until the new one is scored, and in the history for ever.
ALTER TABLE evaluations
  ADD COLUMN replaces uuid REFERENCES evaluations,
  -- Since when another evaluation stands in its place. Not for the evaluating worker's role to write.
  ADD COLUMN superseded_at timestamptz,
  ADD CONSTRAINT replaces_or_reproduces CHECK (replaces IS NULL OR reproduces IS NULL);

DROP INDEX evaluations_of_submission;
CREATE UNIQUE INDEX evaluations_of_submission ON evaluations (submission_id, test_set_version_id)
  WHERE reproduces IS NULL AND replaces IS NULL;
CREATE UNIQUE INDEX rerun_under_way ON evaluations (submission_id, test_set_version_id)
  WHERE replaces IS NOT NULL AND state IN ('queued', 'checking', 'running', 'scoring');
