-- What time it is, and the sessions of the role $1: one row without a process where there is none. Times in milliseconds.
-- client_port is -1 on a socket; what this admin may not see of a session is NULL.
SELECT pg_catalog.floor(extract(epoch FROM t.now) * 1000)::bigint, a.pid, a.datname, a.application_name,
       CASE WHEN a.client_port = -1 THEN '[local]' ELSE pg_catalog.host(a.client_addr) END,
       pg_catalog.floor(extract(epoch FROM a.backend_start) * 1000)::bigint
FROM (SELECT pg_catalog.clock_timestamp() AS now) AS t
LEFT JOIN pg_catalog.pg_stat_activity AS a
  ON a.usesysid = (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = $1::name)
ORDER BY a.backend_start, a.pid;
