-- What a bundle may use of a machine besides time and memory, by the names of RunLimits in packages/contracts; what is
-- not in it has the default there. And how much is told of a hidden run that failed: its kind, or only that it did.
ALTER TABLE phases
  ADD COLUMN run_limits jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN failures text NOT NULL DEFAULT 'kind' CHECK (failures IN ('kind', 'failed'));

-- What a bundle printed on hidden studies, and why it failed there: for organisers only, who are written into the audit
-- log when they read it. The machine that runs the bundle may write and not read.
CREATE TABLE run_logs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  evaluation_id uuid NOT NULL REFERENCES evaluations,
  attempt integer NOT NULL,
  code text,
  detail text,
  log text NOT NULL CHECK (octet_length(log) <= 64 * 1024 * 1024),
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON run_logs (evaluation_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON run_logs EXECUTE FUNCTION refuse_to_rewrite();
GRANT INSERT (evaluation_id, attempt, code, detail, log) ON run_logs TO holdout_evaluator;

-- The labels of a public sample, for the check that is made on it: the machine that runs bundles may read no others. A
-- version that any hidden phase scores, has scored or is about to score is no sample.
CREATE FUNCTION sample_labels(version_id uuid) RETURNS TABLE (study text, study_type text, label smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT studies.study, studies.study_type, gold_labels.label
  FROM studies JOIN gold_labels ON gold_labels.study_id = studies.id
  WHERE studies.test_set_version_id = version_id
    AND EXISTS (SELECT FROM phases WHERE sample_version_id = version_id)
    AND NOT EXISTS (
      SELECT FROM phases
      LEFT JOIN phase_test_sets ON phase_test_sets.phase_id = phases.id
      WHERE phases.visibility = 'hidden'
        AND version_id IN (phases.test_set_version_id, phases.next_test_set_version_id, phase_test_sets.test_set_version_id)
    )
  ORDER BY studies.position
$$;
REVOKE EXECUTE ON FUNCTION sample_labels FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sample_labels TO holdout_evaluator;
