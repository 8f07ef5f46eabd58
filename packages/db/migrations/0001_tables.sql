-- Every time is written by the database's clock, so that machines whose clocks differ agree.

CREATE TABLE competitions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text NOT NULL,
  description text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE test_sets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE test_set_versions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  test_set_id uuid NOT NULL REFERENCES test_sets,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  study_types text[] NOT NULL,
  studies integer NOT NULL CHECK (studies > 0),
  images integer NOT NULL CHECK (images >= studies),
  -- The readers whose majority is the gold standard; empty where labels were given directly.
  gold_readers text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The transaction that made the version, and the only one that may fill it.
  created_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  UNIQUE (test_set_id, digest)
);

CREATE TABLE studies (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  test_set_version_id uuid NOT NULL REFERENCES test_set_versions,
  position integer NOT NULL,
  study text NOT NULL,
  study_type text NOT NULL,
  patient text NOT NULL,
  UNIQUE (test_set_version_id, study),
  UNIQUE (test_set_version_id, position)
);

CREATE TABLE images (
  study_id bigint NOT NULL REFERENCES studies,
  position integer NOT NULL,
  file_name text NOT NULL,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
  width integer NOT NULL CHECK (width > 0),
  height integer NOT NULL CHECK (height > 0),
  PRIMARY KEY (study_id, position),
  UNIQUE (study_id, file_name)
);

-- Hidden: what each reader said, and the label that scores are made against. 1 is abnormal.
CREATE TABLE reader_labels (
  study_id bigint NOT NULL REFERENCES studies,
  reader text NOT NULL,
  label smallint NOT NULL CHECK (label IN (0, 1)),
  PRIMARY KEY (study_id, reader)
);

CREATE TABLE gold_labels (
  study_id bigint PRIMARY KEY REFERENCES studies,
  label smallint NOT NULL CHECK (label IN (0, 1))
);

CREATE TABLE phases (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  competition_id uuid NOT NULL REFERENCES competitions,
  slug text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text NOT NULL,
  description text NOT NULL,
  position integer NOT NULL,
  visibility text NOT NULL CHECK (visibility IN ('public', 'hidden')),
  test_set_version_id uuid NOT NULL REFERENCES test_set_versions,
  -- Public studies: each bundle is first run on these, with its log open to its team.
  sample_version_id uuid NOT NULL REFERENCES test_set_versions,
  ranking_metric text NOT NULL DEFAULT 'kappa',
  bundle_size_bytes bigint NOT NULL CHECK (bundle_size_bytes > 0),
  time_limit_seconds integer NOT NULL CHECK (time_limit_seconds > 0),
  memory_limit_bytes bigint NOT NULL CHECK (memory_limit_bytes > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (competition_id, slug),
  UNIQUE (competition_id, position)
);

CREATE TABLE teams (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE CHECK (name <> ''),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Only the sha256 of a token is kept. A token stands for one team, or for an organiser.
CREATE TABLE api_tokens (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  token_sha256 text NOT NULL UNIQUE CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
  team_id uuid REFERENCES teams,
  organiser boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (organiser = (team_id IS NULL))
);
CREATE INDEX ON api_tokens (team_id);

CREATE TABLE submissions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  phase_id uuid NOT NULL REFERENCES phases,
  team_id uuid NOT NULL REFERENCES teams,
  name text NOT NULL,
  description text,
  link text,
  engine text NOT NULL,
  manifest jsonb NOT NULL,
  bundle_digest text NOT NULL CHECK (bundle_digest ~ '^[0-9a-f]{64}$'),
  bundle_size_bytes bigint NOT NULL CHECK (bundle_size_bytes > 0),
  submitted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON submissions (phase_id, team_id, submitted_at);
CREATE INDEX ON submissions (team_id);
