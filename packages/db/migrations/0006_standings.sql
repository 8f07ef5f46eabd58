-- Which of a team's scored submissions is its entry.
ALTER TABLE phases ADD COLUMN counted text NOT NULL DEFAULT 'best' CHECK (counted IN ('best', 'last'));

-- Whether a submission counts, and since when. The last row holds; without one it counts.
CREATE TABLE submission_standings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submission_id uuid NOT NULL REFERENCES submissions,
  at timestamptz NOT NULL DEFAULT now(),
  standing text NOT NULL CHECK (standing IN ('counted', 'withdrawn', 'disqualified')),
  reason text CHECK (reason <> ''),
  CONSTRAINT disqualified_for_a_reason CHECK (standing <> 'disqualified' OR reason IS NOT NULL)
);
CREATE INDEX ON submission_standings (submission_id, id);

-- Every act of an organiser: who, what, to what, and what stood there before and after.
CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL CHECK (actor <> ''),
  action text NOT NULL CHECK (action <> ''),
  competition_id uuid REFERENCES competitions,
  subject text NOT NULL,
  before jsonb,
  after jsonb
);
CREATE INDEX ON audit_log (competition_id, id);

-- Which version of the test set a phase had, from when on: what its board was read from then.
CREATE TABLE phase_test_sets (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  phase_id uuid NOT NULL REFERENCES phases,
  test_set_version_id uuid NOT NULL REFERENCES test_set_versions,
  current_from timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON phase_test_sets (phase_id, id);
INSERT INTO phase_test_sets (phase_id, test_set_version_id, current_from)
  SELECT id, test_set_version_id, created_at FROM phases;

-- However it is written, it is remembered.
CREATE FUNCTION remember_test_set_of_phase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.test_set_version_id <> OLD.test_set_version_id THEN
    INSERT INTO phase_test_sets (phase_id, test_set_version_id) VALUES (NEW.id, NEW.test_set_version_id);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER remember_test_set AFTER INSERT OR UPDATE OF test_set_version_id ON phases
  FOR EACH ROW EXECUTE FUNCTION remember_test_set_of_phase();

-- History is only ever added to.
CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON submission_standings EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON phase_test_sets EXECUTE FUNCTION refuse_to_rewrite();

ALTER TABLE entries ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
