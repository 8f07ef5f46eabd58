-- Where a bundle looks in an image: asked for by its team of public sample images, and by organisers of any. Made once by an
-- evaluating worker, and kept for ever by what it is made of.
CREATE TABLE heat_maps (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Digests of two blobs, which submissions and images keep; and how it is made.
  bundle text NOT NULL,
  image text NOT NULL,
  method text NOT NULL CHECK (method IN ('cam', 'occlusion')),
  -- Of which submission it was asked: with its manifest and the limits of its phase it is run; and by whom.
  submission_id uuid NOT NULL REFERENCES submissions,
  asked_by text NOT NULL CHECK (asked_by IN ('team', 'organiser')),
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'made', 'refused')),
  requested_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  lease_owner text,
  lease_token bigint NOT NULL DEFAULT 0,
  lease_expires_at timestamptz,
  -- As HeatMap of packages/contracts.
  map jsonb CHECK (octet_length(map::text) <= 1048576),
  reason_code text,
  reason_detail text,
  UNIQUE (bundle, image, method),
  CHECK ((state = 'made') = (map IS NOT NULL)),
  CHECK ((state = 'refused') = (reason_code IS NOT NULL)),
  CHECK (state = 'requested' OR (lease_owner IS NULL AND ended_at IS NOT NULL))
);
CREATE INDEX heat_maps_requested ON heat_maps (requested_at, id) WHERE state = 'requested';
CREATE INDEX heat_maps_of_submission ON heat_maps (submission_id) WHERE state = 'requested';

-- What was made stays as it is; what was refused may be asked for once more.
CREATE FUNCTION guard_heat_map() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.state = 'made' OR (OLD.state = 'refused' AND NEW.state <> 'requested') THEN
    RAISE EXCEPTION 'heat map %: it is % and stays so', OLD.id, OLD.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.lease_token < OLD.lease_token THEN
    RAISE EXCEPTION 'heat map %: a lease token never goes back', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_heat_map BEFORE UPDATE ON heat_maps FOR EACH ROW EXECUTE FUNCTION guard_heat_map();

-- The machine that runs bundles sees what is asked for and writes what came of it; it asks for nothing, and reads no map.
GRANT SELECT (id, bundle, image, method, submission_id, state, requested_at, attempts, lease_owner, lease_token,
  lease_expires_at) ON heat_maps TO holdout_evaluator;
GRANT UPDATE (state, ended_at, attempts, lease_owner, lease_token, lease_expires_at, map, reason_code, reason_detail)
  ON heat_maps TO holdout_evaluator;
