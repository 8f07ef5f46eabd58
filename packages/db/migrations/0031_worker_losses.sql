-- Which hardware classes a worker serves; and which bundles it ran when it was lost.
ALTER TABLE workers ADD COLUMN serves text[] NOT NULL DEFAULT '{cpu,gpu}' CHECK (serves <@ '{cpu,gpu}');
GRANT INSERT (serves), UPDATE (serves) ON workers TO holdout_evaluator;

-- Since when the bundle's own code may be running in the present attempt; null before.
ALTER TABLE evaluations ADD COLUMN bundle_started_at timestamptz;
GRANT UPDATE (bundle_started_at) ON evaluations TO holdout_evaluator;

-- A worker's lease ran out while a bundle was running. One that is heard of again afterwards was not killed by it.
CREATE TABLE worker_losses (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  evaluation_id uuid NOT NULL REFERENCES evaluations,
  owner text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON worker_losses (evaluation_id);
GRANT SELECT, INSERT (evaluation_id, owner) ON worker_losses TO holdout_evaluator;
