-- Work by stage, for autoscaling and monitoring. Every stage has a row.
CREATE VIEW stage_backlog AS
WITH stages (stage, place) AS (
    VALUES ('download', 1), ('processing', 2), ('segment', 3), ('join', 4), ('upload', 5)
), open_runs AS (
    SELECT r.stage, r.sent_at,
           r.state = 'running' AND r.lease_until >= clock_timestamp() AS running,
           r.sent_at = 'infinity' AS held,
           r.state = 'running' AND r.lease_until < clock_timestamp() AS expired,
           s.place, min(s.place) OVER (PARTITION BY r.job_id) AS first_place
      FROM stage_run r
      JOIN job j ON j.id = r.job_id AND j.state = 'running'
      JOIN stages s ON s.stage = r.stage
     WHERE r.state IN ('waiting', 'running')
)
SELECT s.stage,
       count(o.stage) FILTER (WHERE NOT o.running AND NOT o.held
                                AND (o.expired OR o.sent_at <= clock_timestamp())) AS waiting,
       count(o.stage) FILTER (WHERE o.running) AS running,
       count(o.stage) FILTER (WHERE NOT o.running AND NOT o.held AND NOT o.expired
                                AND o.sent_at > clock_timestamp()) AS delayed,
       count(o.stage) FILTER (WHERE NOT o.running AND o.held) AS held,
       coalesce(extract(epoch FROM clock_timestamp() - min(o.sent_at)
                FILTER (WHERE NOT o.running AND NOT o.held AND NOT o.expired
                          AND o.sent_at <= clock_timestamp())), 0)::float8 AS oldest_waiting_seconds
  FROM stages s LEFT JOIN open_runs o
       -- Later stages of a job have a run after a restart; they wait for the earlier one.
       ON o.stage = s.stage AND o.place = o.first_place
 GROUP BY s.stage, s.place
 ORDER BY s.place;
COMMENT ON VIEW stage_backlog IS 'runs of unfinished jobs by stage: waiting for a worker (also after an expired lease), running under a lease, delayed until a retry, held by a limit of the job or of its user';
