-- What stops DROP DATABASE $1 even WITH (FORCE): kind and name.
SELECT 'prepared transaction', p.gid
FROM pg_catalog.pg_prepared_xacts AS p
WHERE p.database = $1
UNION ALL
SELECT 'active replication slot', s.slot_name
FROM pg_catalog.pg_replication_slots AS s
WHERE s.database = $1 AND s.active
UNION ALL
SELECT 'subscription', u.subname
FROM pg_catalog.pg_subscription AS u
JOIN pg_catalog.pg_database AS d ON d.oid = u.subdbid
WHERE d.datname = $1
ORDER BY 1, 2;
