-- What is handed back may say until when nobody takes it: an expiry without an owner. Who holds a lease has both.
ALTER TABLE evaluations DROP CONSTRAINT evaluations_check;
ALTER TABLE evaluations ADD CONSTRAINT lease_expires CHECK (lease_owner IS NULL OR lease_expires_at IS NOT NULL);
