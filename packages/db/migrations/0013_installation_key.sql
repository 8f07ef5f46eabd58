-- What receipts are signed by. The installation makes its key when the first is asked for, and the highest number signs;
-- a key stays for as long as a receipt of it may be shown. The evaluating worker's role has no right on this.
CREATE TABLE installation_keys (
  number integer PRIMARY KEY CHECK (number > 0),
  -- The sha256 of the public key's bytes, by which receipts name it.
  key_id text NOT NULL UNIQUE CHECK (key_id ~ '^[0-9a-f]{64}$'),
  public_key text NOT NULL,
  private_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON installation_keys EXECUTE FUNCTION refuse_to_rewrite();
