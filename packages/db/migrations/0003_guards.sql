-- Rules that hold whoever writes, also by hand.

-- The same list as submissionTransitions in packages/contracts/src/states.ts; a test compares the two.
CREATE FUNCTION evaluation_transition_allowed(from_state text, to_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (from_state, to_state) IN (
    ('queued', 'checking'), ('queued', 'failed'), ('queued', 'cancelled'),
    ('checking', 'running'), ('checking', 'rejected'), ('checking', 'failed'), ('checking', 'cancelled'),
    ('running', 'scoring'), ('running', 'rejected'), ('running', 'failed'), ('running', 'cancelled'),
    ('scoring', 'scored'), ('scoring', 'failed'), ('scoring', 'cancelled')
  )
$$;

CREATE FUNCTION guard_evaluation_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'queued' THEN
      RAISE EXCEPTION 'an evaluation begins queued, not %', NEW.state USING ERRCODE = 'check_violation';
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
CREATE TRIGGER guard_state BEFORE INSERT OR UPDATE ON evaluations
  FOR EACH ROW EXECUTE FUNCTION guard_evaluation_state();

-- A version of a test set is filled by the transaction that makes it, and never changes again.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of a test-set version never change: make a new version', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE FUNCTION guard_version_of_study() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT created_in FROM test_set_versions WHERE id = NEW.test_set_version_id) <> pg_current_xact_id() THEN
    RAISE EXCEPTION 'test-set version % is complete: make a new version', NEW.test_set_version_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE FUNCTION guard_version_of_study_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT created_in FROM test_set_versions v JOIN studies s ON s.test_set_version_id = v.id
      WHERE s.id = NEW.study_id) <> pg_current_xact_id() THEN
    RAISE EXCEPTION 'the test-set version of study % is complete: make a new version', NEW.study_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER complete BEFORE INSERT ON studies FOR EACH ROW EXECUTE FUNCTION guard_version_of_study();
CREATE TRIGGER complete BEFORE INSERT ON images FOR EACH ROW EXECUTE FUNCTION guard_version_of_study_part();
CREATE TRIGGER complete BEFORE INSERT ON reader_labels FOR EACH ROW EXECUTE FUNCTION guard_version_of_study_part();
CREATE TRIGGER complete BEFORE INSERT ON gold_labels FOR EACH ROW EXECUTE FUNCTION guard_version_of_study_part();

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON test_set_versions EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON studies EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON images EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON reader_labels EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON gold_labels EXECUTE FUNCTION refuse_change();
