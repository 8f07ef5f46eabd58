-- Any process of the API may go on with an upload that another one began: who writes to it now is said here, for a few
-- seconds at a time, and who wants to be next. And the concatenation of tus: partial uploads become no submission of their
-- own, but are put together by a final one, in its order.
ALTER TABLE uploads
  ADD COLUMN lock_owner uuid,
  ADD COLUMN lock_expires_at timestamptz,
  ADD COLUMN lock_wanted boolean NOT NULL DEFAULT false,
  ADD COLUMN partial boolean NOT NULL DEFAULT false,
  ADD COLUMN concatenates uuid[],
  ADD CONSTRAINT partial_or_final CHECK (NOT partial OR (concatenates IS NULL AND ended_at IS NULL));
