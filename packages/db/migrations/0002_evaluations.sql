-- A submission's state is that of its evaluation, and stands nowhere else.
CREATE TABLE evaluations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  submission_id uuid NOT NULL REFERENCES submissions,
  test_set_version_id uuid NOT NULL REFERENCES test_set_versions,
  state text NOT NULL DEFAULT 'queued' CHECK (
    state IN ('queued', 'checking', 'running', 'scoring', 'scored', 'rejected', 'failed', 'cancelled')
  ),

  -- Who works on it. The token grows with each claim: a write that names an older one is refused.
  lease_owner text,
  lease_token bigint NOT NULL DEFAULT 0,
  lease_expires_at timestamptz,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  scoring_attempts integer NOT NULL DEFAULT 0 CHECK (scoring_attempts >= 0),

  progress_stage text CHECK (progress_stage IN ('checking', 'running')),
  images_done integer,
  images_total integer,

  predictions_digest text CHECK (predictions_digest ~ '^[0-9a-f]{64}$'),
  provenance jsonb,
  reason_code text,
  reason_detail text,

  queued_at timestamptz NOT NULL DEFAULT now(),
  checking_at timestamptz,
  running_at timestamptz,
  scoring_at timestamptz,
  scored_at timestamptz,
  rejected_at timestamptz,
  failed_at timestamptz,
  cancelled_at timestamptz,

  UNIQUE (submission_id, test_set_version_id),
  CHECK ((lease_owner IS NULL) = (lease_expires_at IS NULL)),
  CONSTRAINT lease_only_while_working CHECK (lease_owner IS NULL OR state IN ('checking', 'running', 'scoring')),
  CONSTRAINT reason_of_an_end CHECK ((reason_code IS NOT NULL) = (state IN ('rejected', 'failed'))),
  CONSTRAINT predictions_before_scoring CHECK (state NOT IN ('scoring', 'scored') OR predictions_digest IS NOT NULL),
  CHECK (num_nulls(progress_stage, images_done, images_total) IN (0, 3)),
  CHECK (images_done BETWEEN 0 AND images_total)
);
CREATE INDEX evaluations_unfinished ON evaluations (state, queued_at)
  WHERE state IN ('queued', 'checking', 'running', 'scoring');

-- What a team sees happen, in order: the source of the event streams, which resume by id.
CREATE TABLE evaluation_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  evaluation_id uuid NOT NULL REFERENCES evaluations,
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL CHECK (kind IN ('state', 'progress', 'log')),
  data jsonb NOT NULL
);
CREATE INDEX ON evaluation_events (evaluation_id, id);

CREATE TABLE scores (
  evaluation_id uuid PRIMARY KEY REFERENCES evaluations,
  score jsonb NOT NULL,
  scorer_version text NOT NULL,
  provenance jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The rows of the leaderboard: a team's counted evaluation, or a reference entry with a score of its own.
CREATE TABLE entries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  phase_id uuid NOT NULL REFERENCES phases,
  test_set_version_id uuid NOT NULL REFERENCES test_set_versions,
  kind text NOT NULL CHECK (kind IN ('team', 'reader', 'baseline')),
  team_id uuid REFERENCES teams,
  evaluation_id uuid UNIQUE REFERENCES evaluations,
  reference_name text,
  reference_score jsonb,
  -- The phase's ranking metric; null where it is undefined, which ranks last.
  ranking_value double precision,
  submitted_at timestamptz,
  CHECK (
    CASE kind
      WHEN 'team' THEN num_nulls(team_id, evaluation_id, submitted_at) = 0
        AND num_nonnulls(reference_name, reference_score) = 0
      ELSE num_nulls(reference_name, reference_score) = 0
        AND num_nonnulls(team_id, evaluation_id, submitted_at) = 0
    END
  ),
  UNIQUE (phase_id, test_set_version_id, team_id),
  UNIQUE (phase_id, test_set_version_id, kind, reference_name)
);
CREATE INDEX entries_board ON entries (phase_id, test_set_version_id, ranking_value DESC NULLS LAST, submitted_at);
CREATE INDEX ON entries (team_id);
