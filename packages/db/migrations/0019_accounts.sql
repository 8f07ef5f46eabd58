-- People, and how they sign in. better-auth reads and writes these tables (apps/api/src/accounts/create-auth.ts); the
-- columns that are not better-auth's own are said so. The evaluating worker's role has no right on any of them.

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  two_factor_enabled boolean DEFAULT false,
  -- Ours: better-auth does not know it, so that none of its routes can set it.
  site_admin boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Of each browser that is signed in. The cookie is the token with a signature by the installation's secret, so that
-- the token alone, out of a stolen database, opens no door.
CREATE TABLE sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  token text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON sessions (user_id);

-- The ways in which a person signs in: by password (provider `credential`; scrypt), or by an institution.
CREATE TABLE accounts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  provider_id text NOT NULL,
  account_id text NOT NULL,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider_id, account_id)
);
CREATE INDEX ON accounts (user_id);

-- What was mailed, or given to an institution, to come back once. `identifier` is hashed.
CREATE TABLE verifications (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON verifications (identifier);

CREATE TABLE two_factors (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- Encrypted by the installation's secret, both.
  secret text NOT NULL,
  backup_codes text NOT NULL,
  verified boolean DEFAULT true,
  failed_verification_count integer DEFAULT 0,
  locked_until timestamptz
);
CREATE INDEX ON two_factors (user_id);

-- A command that waits for a person to let it in by a browser (RFC 8628).
CREATE TABLE device_codes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  device_code text NOT NULL UNIQUE,
  user_code text NOT NULL UNIQUE,
  user_id uuid REFERENCES users ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'approved', 'denied')),
  last_polled_at timestamptz,
  polling_interval integer,
  client_id text,
  scope text
);

-- Where no mail server is configured, mails wait here for the people who run the machine.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  recipient text NOT NULL,
  subject text NOT NULL,
  text text NOT NULL
);

-- Whose competition it is, besides the site administrators'.
CREATE TABLE competition_organisers (
  competition_id uuid NOT NULL REFERENCES competitions,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (competition_id, user_id)
);
CREATE INDEX ON competition_organisers (user_id);

-- Who brought a test set in: until a phase has it, nobody else but site administrators may make it a phase's, since
-- whose phase it is may read its labels. NULL is a site administrator's.
ALTER TABLE test_sets ADD COLUMN imported_by uuid REFERENCES users ON DELETE SET NULL;

-- Teams, as people are in them. A team that was merged into another one stays, for its name in past boards.
ALTER TABLE teams ADD COLUMN merged_into uuid REFERENCES teams CHECK (merged_into <> id);

CREATE TABLE team_members (
  team_id uuid NOT NULL REFERENCES teams,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('owner', 'member')),
  joined_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (team_id, user_id)
);
CREATE INDEX ON team_members (user_id);

CREATE TABLE team_invitations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  team_id uuid NOT NULL REFERENCES teams,
  email text NOT NULL CHECK (email = lower(email)),
  -- Of the secret in the mailed link, which lets in who has another address here.
  token_sha256 text NOT NULL UNIQUE CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
  invited_by uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn')),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX ON team_invitations (team_id, email) WHERE state = 'open';
CREATE INDEX ON team_invitations (email) WHERE state = 'open';

-- The rules of a competition as they were: a change of the words makes the next version.
ALTER TABLE competitions ADD COLUMN rules_version integer NOT NULL DEFAULT 1 CHECK (rules_version > 0);
CREATE TABLE competition_rules (
  competition_id uuid NOT NULL REFERENCES competitions,
  version integer NOT NULL,
  rules text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (competition_id, version)
);
INSERT INTO competition_rules (competition_id, version, rules, since) SELECT id, 1, rules, created_at FROM competitions;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON competition_rules EXECUTE FUNCTION refuse_to_rewrite();

CREATE FUNCTION number_rules() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.rules_version := OLD.rules_version + (NEW.rules <> OLD.rules)::integer;
  RETURN NEW;
END
$$;
CREATE TRIGGER number_rules BEFORE UPDATE ON competitions FOR EACH ROW EXECUTE FUNCTION number_rules();

CREATE FUNCTION remember_rules() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.rules_version <> OLD.rules_version THEN
    INSERT INTO competition_rules (competition_id, version, rules) VALUES (NEW.id, NEW.rules_version, NEW.rules);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER remember_rules AFTER INSERT OR UPDATE ON competitions FOR EACH ROW EXECUTE FUNCTION remember_rules();

-- A team takes part in a competition, by rules of a version that it accepted.
CREATE TABLE participations (
  competition_id uuid NOT NULL REFERENCES competitions,
  team_id uuid NOT NULL REFERENCES teams,
  rules_version integer NOT NULL,
  joined_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (competition_id, team_id),
  FOREIGN KEY (competition_id, rules_version) REFERENCES competition_rules
);
CREATE INDEX ON participations (team_id);

-- Who accepted which version, and when.
CREATE TABLE rules_acceptances (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  competition_id uuid NOT NULL REFERENCES competitions,
  team_id uuid NOT NULL REFERENCES teams,
  -- Whoever it was, in words that outlive the account.
  accepted_by text NOT NULL,
  rules_version integer NOT NULL,
  FOREIGN KEY (competition_id, rules_version) REFERENCES competition_rules
);
CREATE INDEX ON rules_acceptances (competition_id, team_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rules_acceptances EXECUTE FUNCTION refuse_to_rewrite();

-- A person is in one team per competition: its key says so. The rows are the members of each team in each of the team's
-- competitions, kept by the triggers below, whoever writes.
CREATE TABLE participants (
  competition_id uuid NOT NULL,
  user_id uuid NOT NULL,
  team_id uuid NOT NULL,
  CONSTRAINT one_team_per_competition PRIMARY KEY (competition_id, user_id),
  FOREIGN KEY (competition_id, team_id) REFERENCES participations ON DELETE CASCADE,
  FOREIGN KEY (team_id, user_id) REFERENCES team_members ON DELETE CASCADE
);
CREATE INDEX ON participants (team_id, user_id);
CREATE INDEX ON participants (competition_id, team_id);

CREATE FUNCTION enter_participants() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- A team that takes in a person and joins a competition at the same moment: the later of the two sees the earlier.
  PERFORM FROM teams WHERE id = NEW.team_id FOR NO KEY UPDATE;
  IF TG_TABLE_NAME = 'team_members' THEN
    INSERT INTO participants (competition_id, user_id, team_id)
      SELECT competition_id, NEW.user_id, NEW.team_id FROM participations WHERE team_id = NEW.team_id;
  ELSE
    INSERT INTO participants (competition_id, user_id, team_id)
      SELECT NEW.competition_id, user_id, NEW.team_id FROM team_members WHERE team_id = NEW.team_id;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER enter_participants AFTER INSERT ON team_members FOR EACH ROW EXECUTE FUNCTION enter_participants();
CREATE TRIGGER enter_participants AFTER INSERT ON participations FOR EACH ROW EXECUTE FUNCTION enter_participants();

-- Whose a submission was before teams were merged: what a past board is read by.
CREATE TABLE submission_moves (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submission_id uuid NOT NULL REFERENCES submissions,
  at timestamptz NOT NULL DEFAULT now(),
  from_team_id uuid NOT NULL REFERENCES teams,
  to_team_id uuid NOT NULL REFERENCES teams
);
CREATE INDEX ON submission_moves (submission_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON submission_moves EXECUTE FUNCTION refuse_to_rewrite();

CREATE FUNCTION remember_move() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO submission_moves (submission_id, from_team_id, to_team_id) VALUES (NEW.id, OLD.team_id, NEW.team_id);
  RETURN NULL;
END
$$;
CREATE TRIGGER remember_move AFTER UPDATE OF team_id ON submissions
  FOR EACH ROW WHEN (NEW.team_id <> OLD.team_id) EXECUTE FUNCTION remember_move();

-- A token stands for a person, or as before for a team or for the installation's organiser.
ALTER TABLE api_tokens
  ADD COLUMN user_id uuid REFERENCES users ON DELETE CASCADE,
  ADD COLUMN name text NOT NULL DEFAULT '',
  ADD COLUMN scope text NOT NULL DEFAULT 'organise' CHECK (scope IN ('read', 'submit', 'organise')),
  -- Where it is limited to one.
  ADD COLUMN competition_id uuid REFERENCES competitions,
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN revoked_at timestamptz,
  DROP CONSTRAINT api_tokens_check,
  ADD CONSTRAINT token_of_one CHECK (num_nonnulls(user_id, team_id) + organiser::integer = 1);
CREATE INDEX ON api_tokens (user_id);
