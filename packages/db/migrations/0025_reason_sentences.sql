-- What a reason's detail is made of, as packages/contracts has it: a page says it in its reader's language.
ALTER TABLE evaluations ADD COLUMN reason_sentences jsonb NOT NULL DEFAULT '[]';
GRANT UPDATE (reason_sentences) ON evaluations TO holdout_evaluator;
