-- Who holds the advisory lock $1 in this database, what it runs, and how far an index is that it builds.
SELECT a.pid, a.application_name, a.usename, a.client_addr::text, a.state,
       pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.query_start)::text,
       p.phase, CASE WHEN p.blocks_total > 0 THEN p.blocks_done * 100 / p.blocks_total END
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
LEFT JOIN pg_catalog.pg_stat_progress_create_index AS p ON p.pid = a.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
  AND (l.classid::bigint << 32) + l.objid::bigint = $1::bigint
LIMIT 1;
