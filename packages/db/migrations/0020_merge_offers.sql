-- A team that wants to be merged into another one: a person is in one team per competition, so that nobody owns both, and
-- an owner of each must agree.
CREATE TABLE team_merge_offers (
  from_team_id uuid NOT NULL REFERENCES teams,
  into_team_id uuid NOT NULL REFERENCES teams,
  offered_by uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  offered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (from_team_id, into_team_id),
  CHECK (from_team_id <> into_team_id)
);
CREATE INDEX ON team_merge_offers (into_team_id);
