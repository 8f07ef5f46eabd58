-- Who cancelled: whose doing it was is part of every end. Null for what was cancelled before this was asked.
ALTER TABLE evaluations
  ADD COLUMN cancelled_by text CHECK (cancelled_by IN ('team', 'organiser')),
  ADD CONSTRAINT cancelled_by_somebody CHECK (cancelled_by IS NULL OR state = 'cancelled');
