-- Who keeps the session $1 from the lock that it waits for, for how long they have been at it, and for how many
-- milliseconds it has waited: NULL before PostgreSQL 14, whose pg_locks has no column waitstart.
SELECT a.pid, a.usename, a.application_name, a.state,
       pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.xact_start)::text,
       pg_catalog."left"(pg_catalog.regexp_replace(a.query, '\s+', ' ', 'g'), 120),
       (SELECT pg_catalog.round(pg_catalog.max(EXTRACT(epoch FROM pg_catalog.clock_timestamp()
                 - (pg_catalog.to_jsonb(l) ->> 'waitstart')::timestamptz) * 1000))
        FROM pg_catalog.pg_locks AS l WHERE l.pid = $1::integer AND NOT l.granted)
FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::integer)) AS b (pid)
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid
ORDER BY a.backend_start;
