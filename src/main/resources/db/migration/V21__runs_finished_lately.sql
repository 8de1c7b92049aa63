-- For the number of runs finished in the last seconds. A block range index costs almost nothing at each update.
CREATE INDEX stage_run_finished_at ON stage_run USING brin (finished_at) WITH (pages_per_range = 16, autosummarize = on);
