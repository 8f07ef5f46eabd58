-- What looked wrong in the check on the public sample, as packages/contracts has it; and whether the team asked that its
-- submission be stopped then, before it is run on hidden studies.
ALTER TABLE evaluations ADD COLUMN check_warnings jsonb NOT NULL DEFAULT '[]';
ALTER TABLE submissions ADD COLUMN stop_on_warning boolean NOT NULL DEFAULT false;
GRANT UPDATE (check_warnings) ON evaluations TO holdout_evaluator;

ALTER TABLE evaluation_events
  DROP CONSTRAINT evaluation_events_kind_check,
  ADD CHECK (kind IN ('state', 'progress', 'log', 'warning'));
