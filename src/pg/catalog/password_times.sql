-- In the registry: what time it is, and since when each role's password is known to be what it is, in milliseconds. One
-- row without a role where there is none.
SELECT pg_catalog.floor(extract(epoch FROM t.now) * 1000)::bigint, p.rolname,
       pg_catalog.floor(extract(epoch FROM p.seen_at) * 1000)::bigint
FROM (SELECT pg_catalog.clock_timestamp() AS now) AS t
LEFT JOIN (SELECT r.rolname, x.seen_at
           FROM innkeeper.password AS x
           JOIN pg_catalog.pg_roles AS r ON r.oid = x.role) AS p ON true;
