-- Whose history this is; the last row of each file; the indexes that a failed CONCURRENTLY left on tables of this role.
SELECT f.version, f.service FROM @SCHEMA@.format AS f;
SELECT c.kind, c.version, c.name, c.file, c.checksum_raw, c.checksum_norm,
       c.direction, c.state, c.statements_total, c.statements_done, c.checksum_done, (c.down_sql IS NOT NULL)::text, c.minimum_app_version,
       c.app_version, c.tool_version, c.applied_by, c.host,
       pg_catalog.to_char(c.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'),
       pg_catalog.to_char(c.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'),
       c.duration_ms, c.attempts, c.lock_wait_ms, c.error_sqlstate, c.error_text, c.error_line, c.id
FROM @SCHEMA@.current AS c
ORDER BY c.id;
SELECT pg_catalog.format('%I.%I', n.nspname, i.relname), pg_catalog.format('%I.%I', tn.nspname, t.relname)
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE NOT x.indisvalid AND i.relkind = 'i' AND pg_catalog.pg_has_role(t.relowner, 'USAGE')
ORDER BY 1;
