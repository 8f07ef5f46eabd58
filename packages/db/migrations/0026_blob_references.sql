-- Whether a blob of the storage is used by anything: asked for each blob that is old, before it is removed; and which
-- blobs are used, in the order in which the storage lists them.
CREATE INDEX submissions_of_bundle ON submissions (bundle_digest COLLATE "C");
CREATE INDEX evaluations_of_predictions ON evaluations (predictions_digest COLLATE "C");
CREATE INDEX images_of_blob ON images (digest COLLATE "C");
