-- What the attempts of a run used, and the sum over all runs of a job.

ALTER TABLE stage_run ADD COLUMN cost jsonb NOT NULL DEFAULT '{}';
ALTER TABLE job ADD COLUMN cost jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN stage_run.cost IS 'what all attempts of the run used: CPU time of FFmpeg, time from claim to settlement, bytes, peak memory; {} before the first settlement';
COMMENT ON COLUMN job.cost IS 'what all runs used, also those that a restart of the job discarded; times and bytes add up, of the memory it is the maximum';

CREATE FUNCTION add_cost(spent jsonb, more jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(key,
               CASE WHEN key = 'peak_memory_bytes'
                    THEN greatest((spent ->> key)::numeric, (more ->> key)::numeric)
                    ELSE coalesce((spent ->> key)::numeric, 0) + coalesce((more ->> key)::numeric, 0) END), '{}')
      FROM (SELECT jsonb_object_keys(spent) UNION SELECT jsonb_object_keys(more)) AS fields (key)
$$;
