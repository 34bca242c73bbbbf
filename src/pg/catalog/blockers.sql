-- Who keeps the session $1 from the lock that it waits for.
SELECT a.pid, a.usename, a.application_name, a.state, pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'HH24:MI:SS "UTC"')
FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::integer)) AS b (pid)
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid
ORDER BY a.backend_start;
