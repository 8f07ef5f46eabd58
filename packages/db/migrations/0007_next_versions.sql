-- The version that a phase changes to as soon as every counted evaluation has ended on it.
ALTER TABLE phases ADD COLUMN next_test_set_version_id uuid REFERENCES test_set_versions
  CHECK (next_test_set_version_id <> test_set_version_id);

-- An evaluation on a later version, scored from the predictions that this one left where no image changed.
ALTER TABLE evaluations ADD COLUMN rescored_from uuid REFERENCES evaluations;
CREATE INDEX evaluations_of_version ON evaluations (test_set_version_id, state);

CREATE OR REPLACE FUNCTION guard_evaluation_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'queued' AND NOT (NEW.state = 'scoring' AND NEW.rescored_from IS NOT NULL) THEN
      RAISE EXCEPTION 'an evaluation begins queued, or scoring where it has another''s predictions, not %', NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> OLD.state THEN
    IF NOT evaluation_transition_allowed(OLD.state, NEW.state) THEN
      RAISE EXCEPTION 'evaluation %: there is no way from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
    -- As the caller: a role that may not read scores can't call anything scored.
    IF NEW.state = 'scored' AND NOT EXISTS (SELECT FROM scores WHERE evaluation_id = NEW.id) THEN
      RAISE EXCEPTION 'evaluation %: it has no score', OLD.id USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.lease_token < OLD.lease_token THEN
    RAISE EXCEPTION 'evaluation %: a lease token never goes back', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
