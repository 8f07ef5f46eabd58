-- What a study was called where it came from, and the key of the names that bundles see. The evaluating worker's role
-- has no right on either.
CREATE TABLE study_sources (
  study_id bigint PRIMARY KEY REFERENCES studies,
  source text NOT NULL
);
CREATE TRIGGER complete BEFORE INSERT ON study_sources FOR EACH ROW EXECUTE FUNCTION guard_version_of_study_part();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON study_sources EXECUTE FUNCTION refuse_change();

CREATE TABLE test_set_keys (
  test_set_id uuid PRIMARY KEY REFERENCES test_sets,
  naming_key text NOT NULL DEFAULT gen_random_uuid()::text || gen_random_uuid()::text
);
