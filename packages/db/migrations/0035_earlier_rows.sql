-- What earlier releases left, as all that came after has it.

-- Until 0018 an event said why an evaluation ended, and neither where it was then nor whether the sample had the same: what
-- the submission itself says, in packages/db/src/tables/reasons.ts.
UPDATE evaluation_events
SET data = jsonb_set(data, '{reason}', data -> 'reason' || jsonb_build_object(
  'stage', CASE
    WHEN evaluations.scoring_at IS NOT NULL THEN 'scoring'
    WHEN evaluations.running_at IS NOT NULL THEN 'running'
    WHEN evaluations.checking_at IS NOT NULL THEN 'checking'
    ELSE 'queued'
  END,
  'alsoOnSample', CASE WHEN evaluations.state = 'rejected' THEN evaluations.running_at IS NULL END))
FROM evaluations
WHERE evaluations.id = evaluation_id AND kind = 'state'
  AND jsonb_typeof(data -> 'reason') = 'object' AND NOT data -> 'reason' ? 'stage';

-- 0006 gave the readers that were there the time at which it ran: boards of the time before it had none. They came with
-- their version of the test set.
UPDATE entries
SET created_at = coalesce((
  SELECT min(current_from) FROM phase_test_sets
  WHERE phase_test_sets.phase_id = entries.phase_id
    AND phase_test_sets.test_set_version_id = entries.test_set_version_id), created_at)
WHERE kind <> 'team' AND created_at = (SELECT applied_at FROM schema_migrations WHERE version = 6);
