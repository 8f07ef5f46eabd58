-- Whoever asked for a heat map decides what it is made beside: what organisers look at is made alone.
GRANT SELECT (asked_by) ON heat_maps TO holdout_evaluator;
