-- Bundles that run as they are, for those who begin: an organiser's, one of each engine. The archive is a zip in storage.
CREATE TABLE starter_bundles (
  competition_id uuid NOT NULL REFERENCES competitions ON DELETE CASCADE,
  engine text NOT NULL CHECK (engine IN ('onnx', 'tfjs', 'command')),
  name text NOT NULL,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  -- Its files, each with a path and a size in bytes: what is in a starter kit is known without opening the archive.
  files jsonb NOT NULL CHECK (jsonb_typeof(files) = 'array'),
  set_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (competition_id, engine)
);
