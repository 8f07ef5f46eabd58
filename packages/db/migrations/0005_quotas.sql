-- How many submissions a team may make in a phase: in any 24 hours, in all, and under way at one time.
-- NULL is without limit.
ALTER TABLE phases
  ADD COLUMN quota_per_day integer CHECK (quota_per_day > 0),
  ADD COLUMN quota_total integer CHECK (quota_total > 0),
  ADD COLUMN quota_at_once integer CHECK (quota_at_once > 0);
