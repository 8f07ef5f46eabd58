-- An evaluation that is run once more, on the same version of the test set, to see whether it gives the same predictions.
-- It is compared and not scored: it never has a score, and so is never an entry.
ALTER TABLE evaluations
  ADD COLUMN reproduces uuid REFERENCES evaluations,
  -- Not for the evaluating worker's role to write.
  ADD COLUMN comparison jsonb,
  ADD CONSTRAINT comparison_of_a_reproduction CHECK (comparison IS NULL OR reproduces IS NOT NULL);

ALTER TABLE evaluations DROP CONSTRAINT evaluations_submission_id_test_set_version_id_key;
CREATE UNIQUE INDEX evaluations_of_submission ON evaluations (submission_id, test_set_version_id)
  WHERE reproduces IS NULL;
CREATE UNIQUE INDEX reproduction_under_way ON evaluations (reproduces)
  WHERE reproduces IS NOT NULL AND state IN ('queued', 'checking', 'running', 'scoring');

CREATE FUNCTION refuse_reproduction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM evaluations WHERE id = NEW.evaluation_id AND reproduces IS NOT NULL) THEN
    RAISE EXCEPTION 'evaluation % is a reproduction: it is compared, and has no %', NEW.evaluation_id, TG_ARGV[0]
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER no_reproduction BEFORE INSERT OR UPDATE ON scores
  FOR EACH ROW EXECUTE FUNCTION refuse_reproduction('score');
CREATE TRIGGER no_reproduction BEFORE INSERT OR UPDATE ON entries
  FOR EACH ROW EXECUTE FUNCTION refuse_reproduction('entry');

CREATE OR REPLACE FUNCTION guard_evaluation_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'queued' AND NOT (NEW.state = 'scoring' AND (NEW.rescored_from IS NOT NULL
      OR EXISTS (SELECT FROM submissions WHERE id = NEW.submission_id AND bundle_digest IS NULL))) THEN
      RAISE EXCEPTION 'an evaluation begins queued, or scoring where it has its predictions, not %', NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reproduces IS NOT NULL AND NOT EXISTS (
      SELECT FROM evaluations original JOIN submissions ON submissions.id = original.submission_id
      WHERE original.id = NEW.reproduces AND original.reproduces IS NULL AND original.state = 'scored'
        AND original.submission_id = NEW.submission_id AND original.test_set_version_id = NEW.test_set_version_id
        AND submissions.bundle_digest IS NOT NULL) THEN
      RAISE EXCEPTION 'only a scored evaluation of a bundle is reproduced, on its own version of the test set'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> OLD.state THEN
    IF NOT evaluation_transition_allowed(OLD.state, NEW.state) THEN
      RAISE EXCEPTION 'evaluation %: there is no way from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'scored' AND NEW.reproduces IS NOT NULL AND NEW.comparison IS NULL THEN
      RAISE EXCEPTION 'evaluation %: it was not compared', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    -- As the caller: a role that may not read scores can't call anything scored.
    IF NEW.state = 'scored' AND NEW.reproduces IS NULL
      AND NOT EXISTS (SELECT FROM scores WHERE evaluation_id = NEW.id) THEN
      RAISE EXCEPTION 'evaluation %: it has no score', OLD.id USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.reproduces IS DISTINCT FROM OLD.reproduces THEN
    RAISE EXCEPTION 'evaluation %: what it reproduces never changes', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.lease_token < OLD.lease_token THEN
    RAISE EXCEPTION 'evaluation %: a lease token never goes back', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
