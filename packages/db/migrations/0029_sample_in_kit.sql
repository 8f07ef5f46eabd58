-- Whether a phase's starter kit has the pictures and labels of its sample: a licence may forbid handing them on.
ALTER TABLE phases ADD COLUMN sample_in_kit boolean NOT NULL DEFAULT true;
