-- How sure a score is; NULL for scores that were made before intervals were.
ALTER TABLE scores ADD COLUMN intervals jsonb;
ALTER TABLE entries ADD COLUMN reference_intervals jsonb
  CHECK (reference_intervals IS NULL OR reference_score IS NOT NULL);

-- How sure the places of a board are: worked out by the scoring worker whenever the entries have changed.
CREATE TABLE board_statistics (
  phase_id uuid NOT NULL REFERENCES phases,
  test_set_version_id uuid NOT NULL REFERENCES test_set_versions,
  -- Tells which entries it was worked out from.
  entries_key text NOT NULL,
  statistics jsonb NOT NULL,
  computed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (phase_id, test_set_version_id)
);
