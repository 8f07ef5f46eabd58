-- A page of a board is read in the order of this index, down to the last tie: references first among equals.
DROP INDEX IF EXISTS entries_board;
CREATE INDEX entries_board ON entries
  (phase_id, test_set_version_id, ranking_values DESC, submitted_at NULLS FIRST, id) INCLUDE (kind);

-- What a past board is made of, without what never got a score.
CREATE INDEX evaluations_scored ON evaluations (test_set_version_id, scored_at) INCLUDE (submission_id)
  WHERE state = 'scored';

-- Whoever follows a board is told of what no evaluation tells: reference entries, and how a phase is shown.
CREATE FUNCTION notify_board() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  phase uuid := CASE TG_TABLE_NAME WHEN 'phases' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(coalesce(NEW, OLD)) ->> 'phase_id' END;
BEGIN
  PERFORM pg_notify('holdout_events', json_build_object('evaluationId', '', 'submissionId', '', 'phaseId', phase)::text);
  RETURN NULL;
END
$$;
CREATE TRIGGER notify_board AFTER INSERT OR UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION notify_board();
CREATE TRIGGER notify_board AFTER UPDATE ON phases FOR EACH ROW EXECUTE FUNCTION notify_board();
