-- In the registry: log-ins that take turns, as far as their roles are still there. Times in milliseconds. Read only after
-- registry_owner.sql.
SELECT r.rolname, t.rolname, x.state, x.on_twin,
       pg_catalog.floor(extract(epoch FROM x.used_since) * 1000)::bigint,
       pg_catalog.floor(extract(epoch FROM x.began_at) * 1000)::bigint,
       pg_catalog.floor(extract(epoch FROM x.flipped_at) * 1000)::bigint,
       pg_catalog.floor(extract(epoch FROM x.quiet_since) * 1000)::bigint,
       pg_catalog.floor(extract(epoch FROM x.grace) * 1000)::bigint,
       pg_catalog.floor(extract(epoch FROM x.flipped_at + x.force_after) * 1000)::bigint,
       x.who
FROM innkeeper.rotation AS x
JOIN pg_catalog.pg_roles AS r ON r.oid = x.role
LEFT JOIN pg_catalog.pg_roles AS t ON t.oid = x.twin
ORDER BY r.rolname;
