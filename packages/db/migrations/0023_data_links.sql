-- Data of a competition that lie elsewhere, such as a training set, as packages/contracts has them in the competition's file.
ALTER TABLE competitions ADD COLUMN data jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(data) = 'array');
