-- The request that submitted it, by which the logs of the API and of the workers are put together. Null for what no request
-- submitted: what is evaluated again, and what came before this was kept.
ALTER TABLE evaluations ADD COLUMN request_id text;
