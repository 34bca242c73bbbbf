-- Who holds the advisory lock $1 in this database.
SELECT a.application_name, a.usename
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
  AND (l.classid::bigint << 32) + l.objid::bigint = $1::bigint
ORDER BY a.backend_start
LIMIT 1;
