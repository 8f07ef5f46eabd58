-- What a phase's organisers decide: what counts, how it is ranked, and how much of it is told, and when.
ALTER TABLE competitions ADD COLUMN rules text NOT NULL DEFAULT '';

ALTER TABLE phases
  ADD COLUMN opens_at timestamptz,
  ADD COLUMN closes_at timestamptz CHECK (closes_at > opens_at),
  -- Of counted = 'chosen': how many a team may choose; the best of them is its entry, and of all while none is chosen.
  ADD COLUMN chosen_at_most integer CHECK (chosen_at_most > 0),
  ADD COLUMN ranking_metrics text[] NOT NULL DEFAULT '{kappa}' CHECK (cardinality(ranking_metrics) > 0),
  ADD COLUMN ties text NOT NULL DEFAULT 'shared' CHECK (ties IN ('shared', 'earlier')),
  ADD COLUMN release text NOT NULL DEFAULT 'exact' CHECK (release IN ('exact', 'ladder')),
  -- Of published values; NULL is all of them.
  ADD COLUMN decimals integer CHECK (decimals BETWEEN 1 AND 6),
  ADD COLUMN shows_study_types boolean NOT NULL DEFAULT true,
  ADD COLUMN shows_intervals boolean NOT NULL DEFAULT true,
  -- From board_from on, until final_at; live before and after.
  ADD COLUMN board text NOT NULL DEFAULT 'live' CHECK (board IN ('live', 'hidden', 'frozen')),
  ADD COLUMN board_from timestamptz,
  ADD COLUMN final_at timestamptz,
  -- When what the ladder had withheld was let into the board.
  ADD COLUMN revealed_at timestamptz,
  ADD CONSTRAINT board_since CHECK (board = 'live' OR board_from IS NOT NULL),
  ADD CONSTRAINT final_after CHECK (final_at > board_from),
  DROP CONSTRAINT phases_counted_check,
  ADD CONSTRAINT phases_counted_check CHECK (counted IN ('best', 'last', 'chosen')),
  ADD CONSTRAINT chosen_how_many CHECK ((counted = 'chosen') = (chosen_at_most IS NOT NULL));
UPDATE phases SET ranking_metrics = ARRAY[ranking_metric], decimals = CASE visibility WHEN 'hidden' THEN 3 END;
ALTER TABLE phases DROP COLUMN ranking_metric;

-- What a score is ranked by, in the order of the phase's metrics; −∞ where one is undefined, which ranks last.
CREATE FUNCTION ranking_values(score jsonb, metrics text[]) RETURNS double precision[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(coalesce((score #>> ARRAY['overall', metric, 'value'])::double precision, '-Infinity') ORDER BY place)
  FROM unnest(metrics) WITH ORDINALITY AS keys (metric, place)
$$;
ALTER TABLE entries ADD COLUMN ranking_values double precision[];
UPDATE entries SET ranking_values = ARRAY[coalesce(ranking_value, '-Infinity')];
ALTER TABLE entries ALTER COLUMN ranking_values SET NOT NULL, DROP COLUMN ranking_value;

-- A phase as it was, from when on: what a past board is read by.
CREATE TABLE phase_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  phase_id uuid NOT NULL REFERENCES phases,
  at timestamptz NOT NULL DEFAULT now(),
  phase jsonb NOT NULL
);
CREATE INDEX ON phase_history (phase_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON phase_history EXECUTE FUNCTION refuse_to_rewrite();
INSERT INTO phase_history (phase_id, at, phase) SELECT id, created_at, to_jsonb(phases) FROM phases;

CREATE FUNCTION remember_phase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW IS DISTINCT FROM OLD THEN
    INSERT INTO phase_history (phase_id, phase) VALUES (NEW.id, to_jsonb(NEW));
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER remember AFTER INSERT OR UPDATE ON phases FOR EACH ROW EXECUTE FUNCTION remember_phase();

-- Which of its submissions a team chose, and took back. The last row holds.
CREATE TABLE submission_choices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submission_id uuid NOT NULL REFERENCES submissions,
  at timestamptz NOT NULL DEFAULT now(),
  chosen boolean NOT NULL
);
CREATE INDEX ON submission_choices (submission_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON submission_choices EXECUTE FUNCTION refuse_to_rewrite();

-- What a patient was called where the study came from.
ALTER TABLE study_sources DISABLE TRIGGER immutable;
ALTER TABLE study_sources ADD COLUMN patient text;
UPDATE study_sources SET patient = split_part(source, '/', 2);
ALTER TABLE study_sources ENABLE TRIGGER immutable;
ALTER TABLE study_sources ALTER COLUMN patient SET NOT NULL;

-- Whether the ladder let a score out, and which score it was held against.
ALTER TABLE scores
  ADD COLUMN released boolean NOT NULL DEFAULT true,
  ADD COLUMN release_facts jsonb;
