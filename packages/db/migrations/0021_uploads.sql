-- Bundles that come in parts, by the tus protocol. The bytes lie in a file of the server's until the last is there; what
-- becomes of them is written here once, in the transaction that makes the submission, so that an answer that was lost on
-- its way can be asked for again and never makes a second submission.
CREATE TABLE uploads (
  id uuid PRIMARY KEY,
  team_id uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
  phase_id uuid NOT NULL REFERENCES phases ON DELETE CASCADE,
  size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
  -- As its sender gave it: names and texts.
  metadata jsonb NOT NULL,
  submission_id uuid UNIQUE REFERENCES submissions ON DELETE CASCADE,
  -- Why there is no submission: code, detail and problems, as packages/contracts has them.
  refusal jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CONSTRAINT upload_ends_once CHECK (num_nonnulls(submission_id, refusal) = num_nonnulls(ended_at))
);
CREATE INDEX uploads_of_team ON uploads (team_id, created_at) WHERE ended_at IS NULL;
