-- Functions find our tables whatever tables of its own a session has made, and nobody but the owner makes any.
DO $$
DECLARE
  each regprocedure;
BEGIN
  FOR each IN
    SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname IN (
      'guard_evaluation_state', 'refuse_change', 'guard_version_of_study', 'guard_version_of_study_part',
      'remember_test_set_of_phase', 'refuse_to_rewrite', 'remember_phase', 'notify_board', 'refuse_reproduction')
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', each);
  END LOOP;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

-- What an evaluation left for scoring stays as it was left.
CREATE FUNCTION keep_results() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.state NOT IN ('queued', 'checking', 'running') AND (
    NEW.predictions_digest IS DISTINCT FROM OLD.predictions_digest OR NEW.provenance IS DISTINCT FROM OLD.provenance) THEN
    RAISE EXCEPTION 'evaluation %: what it left for scoring never changes', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER keep_results BEFORE UPDATE ON evaluations FOR EACH ROW EXECUTE FUNCTION keep_results();
