-- The worker processes, as each says of itself. What one works on is not here: a lease in `evaluations` names its owner.
CREATE TABLE workers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- As leases name it: machine and process.
  name text NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('evaluating', 'scoring')),
  machine text NOT NULL,
  -- What it is made of: sandbox, cores, memory, device files; versions of Node and of the engines.
  description jsonb NOT NULL,
  -- `paused`: it takes no new work until it is resumed, also after it was started anew. `draining`: it takes none while
  -- it lives, so that its machine can be turned off.
  mode text NOT NULL DEFAULT 'working' CHECK (mode IN ('working', 'paused', 'draining')),
  started_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  -- When it ended in order; null while it lives, and for one that was lost.
  ended_at timestamptz
);
CREATE INDEX ON workers (machine, kind, last_seen_at DESC);

-- A worker that was paused and is started anew is another process: it goes on being paused.
CREATE FUNCTION stay_paused() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (SELECT mode FROM workers WHERE machine = NEW.machine AND kind = NEW.kind
      ORDER BY last_seen_at DESC LIMIT 1) = 'paused'
    AND NOT EXISTS (SELECT FROM workers WHERE machine = NEW.machine AND kind = NEW.kind AND mode <> 'paused'
      AND ended_at IS NULL AND last_seen_at > now() - interval '30 seconds')
  THEN NEW.mode := 'paused';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stay_paused BEFORE INSERT ON workers FOR EACH ROW EXECUTE FUNCTION stay_paused();

-- The machine that runs teams' bundles says that it is there, and reads whether it may go on. It can't change that.
GRANT SELECT, INSERT (name, kind, machine, description) ON workers TO holdout_evaluator;
GRANT UPDATE (description, started_at, last_seen_at, ended_at) ON workers TO holdout_evaluator;
