-- In which order what is queued is worked: by its phase's priority, then in turns.
--
-- A turn is given when an evaluation is queued, as start-time fair queueing gives its tags (Goyal, Vin and Cheng, 1996):
-- one more than the latest of the same line, but never less than the turn that is being worked. So a team's hundredth
-- submission has a turn far away, and another team's first one the present turn.
ALTER TABLE phases
  -- Whatever waits in a phase of higher priority is worked before anything of a lower one.
  ADD COLUMN priority integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN -10 AND 10),
  -- On which workers its bundles run; a bundle that asks for a GPU gets one in any phase.
  ADD COLUMN hardware text NOT NULL DEFAULT 'cpu' CHECK (hardware IN ('cpu', 'gpu'));

ALTER TABLE evaluations
  ADD COLUMN hardware text NOT NULL DEFAULT 'cpu' CHECK (hardware IN ('cpu', 'gpu')),
  ADD COLUMN priority integer NOT NULL DEFAULT 0,
  ADD COLUMN turn bigint NOT NULL DEFAULT 0,
  -- Whose turn it takes: the team's, or its competition's where organisers have it run once more.
  ADD COLUMN queue_line uuid;

-- The order itself: `queueOrder` in packages/db/src/tables/queue-order.ts.
CREATE INDEX evaluations_queue ON evaluations (hardware, (-priority), turn, queued_at, id) WHERE state = 'queued';
CREATE INDEX evaluations_queue_line ON evaluations (queue_line) WHERE state = 'queued';

-- The latest turn of each line.
CREATE TABLE queue_turns (
  line uuid NOT NULL,
  hardware text NOT NULL,
  priority integer NOT NULL,
  turn bigint NOT NULL,
  PRIMARY KEY (line, hardware, priority)
);
CREATE INDEX ON queue_turns (hardware, priority, turn);

CREATE FUNCTION take_turn(of_line uuid, of_hardware text, of_priority integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  present bigint;
  taken bigint;
BEGIN
  SELECT turn INTO present FROM evaluations
  WHERE state = 'queued' AND hardware = of_hardware AND -priority = -of_priority ORDER BY turn LIMIT 1;
  -- Where nothing waits, all lines are equal from now on.
  IF present IS NULL THEN
    SELECT max(turn) INTO present FROM queue_turns WHERE hardware = of_hardware AND priority = of_priority;
  END IF;
  INSERT INTO queue_turns VALUES (of_line, of_hardware, of_priority, coalesce(present, 1))
  ON CONFLICT (line, hardware, priority) DO UPDATE SET turn = greatest(queue_turns.turn + 1, excluded.turn)
  RETURNING turn INTO taken;
  RETURN taken;
END $$;

CREATE FUNCTION enter_queue() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT phases.priority,
    CASE WHEN phases.hardware = 'gpu' OR submissions.manifest ->> 'gpu' = 'true' THEN 'gpu' ELSE 'cpu' END,
    -- All that an organiser has run once more is one line among the teams', however much it is.
    CASE WHEN NEW.replaces IS NULL AND NEW.reproduces IS NULL AND NOT EXISTS (SELECT FROM evaluations earlier
      WHERE earlier.submission_id = NEW.submission_id AND earlier.reproduces IS NULL AND earlier.replaces IS NULL)
    THEN submissions.team_id ELSE phases.competition_id END
  INTO NEW.priority, NEW.hardware, NEW.queue_line
  FROM submissions JOIN phases ON phases.id = submissions.phase_id
  WHERE submissions.id = NEW.submission_id;
  NEW.turn := take_turn(NEW.queue_line, NEW.hardware, NEW.priority);
  RETURN NEW;
END $$;
CREATE TRIGGER take_turn BEFORE INSERT ON evaluations
  FOR EACH ROW WHEN (NEW.state = 'queued') EXECUTE FUNCTION enter_queue();

-- What is cancelled while it waits leaves its turn to the next of its line.
CREATE FUNCTION leave_queue() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE evaluations SET turn = turn - 1
  WHERE state = 'queued' AND queue_line = OLD.queue_line AND hardware = OLD.hardware AND priority = OLD.priority
    AND turn > OLD.turn;
  UPDATE queue_turns SET turn = turn - 1
  WHERE line = OLD.queue_line AND hardware = OLD.hardware AND priority = OLD.priority AND turn >= OLD.turn;
  RETURN NULL;
END $$;
CREATE TRIGGER leave_queue AFTER UPDATE OF state ON evaluations
  FOR EACH ROW WHEN (OLD.state = 'queued' AND NEW.state = 'cancelled') EXECUTE FUNCTION leave_queue();

-- Gives all that waits in some phase its place anew, in the order that it had.
CREATE FUNCTION queue_anew(of_phase uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  each record;
BEGIN
  -- One at a time: two of them would lock the same lines in another order.
  PERFORM pg_advisory_xact_lock(hashtext('holdout queue_anew'));
  FOR each IN
    SELECT evaluations.id, coalesce(evaluations.queue_line, submissions.team_id) AS line, phases.priority,
      CASE WHEN phases.hardware = 'gpu' OR submissions.manifest ->> 'gpu' = 'true' THEN 'gpu' ELSE 'cpu' END AS hardware
    FROM evaluations
    JOIN submissions ON submissions.id = evaluations.submission_id
    JOIN phases ON phases.id = submissions.phase_id
    WHERE evaluations.state = 'queued' AND phases.id = of_phase
    ORDER BY evaluations.turn, evaluations.queued_at, evaluations.id
    FOR UPDATE OF evaluations
  LOOP
    UPDATE evaluations
    SET queue_line = each.line, priority = each.priority, hardware = each.hardware,
      turn = take_turn(each.line, each.hardware, each.priority)
    WHERE id = each.id;
  END LOOP;
END $$;

CREATE FUNCTION queue_phase_anew() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM queue_anew(NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER queue_anew AFTER UPDATE OF priority, hardware ON phases
  FOR EACH ROW WHEN (NEW.priority <> OLD.priority OR NEW.hardware <> OLD.hardware) EXECUTE FUNCTION queue_phase_anew();

-- What waits already.
SELECT queue_anew(id) FROM phases;
