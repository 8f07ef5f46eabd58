-- A submission of which only the predictions are known: an organiser's import. It has no bundle, and is never run.
ALTER TABLE submissions
  ALTER COLUMN engine DROP NOT NULL,
  ALTER COLUMN manifest DROP NOT NULL,
  ALTER COLUMN bundle_digest DROP NOT NULL,
  ALTER COLUMN bundle_size_bytes DROP NOT NULL,
  ADD CONSTRAINT bundle_or_predictions CHECK (num_nulls(engine, manifest, bundle_digest, bundle_size_bytes) IN (0, 4));

CREATE OR REPLACE FUNCTION guard_evaluation_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'queued' AND NOT (NEW.state = 'scoring' AND (NEW.rescored_from IS NOT NULL
      OR EXISTS (SELECT FROM submissions WHERE id = NEW.submission_id AND bundle_digest IS NULL))) THEN
      RAISE EXCEPTION 'an evaluation begins queued, or scoring where it has its predictions, not %', NEW.state
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
