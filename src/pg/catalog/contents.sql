-- What one database holds that the plan looks at: seven small results in one round trip. A fresh session pays for every
-- catalog entry that it touches first, so: plain scans, no aggregates, one function, few conditions, and constants quoted,
-- which makes each operator an exact match (for "oid >= 16384" a session reads every ">=" there is, and how an integer
-- becomes an OID). User objects have OIDs from 16384 on. System catalogs only: a service's own tables could run its code
-- in our session.
SELECT oid, nspname, nspowner, nspacl, pg_catalog.pg_get_userbyid(nspowner)
FROM pg_catalog.pg_namespace;

SELECT oid, extname, extversion, extnamespace
FROM pg_catalog.pg_extension;

SELECT pg_catalog.pg_get_userbyid(defaclrole), defaclnamespace, defaclobjtype, defaclacl
FROM pg_catalog.pg_default_acl;

-- One row for each object, indexes and row types among them: telling them apart here costs more than sending them.
-- Nobody's count of objects may fill our memory: where one of the three is cut off, object_counts.sql is asked instead.
SELECT relnamespace, relkind, relowner
FROM pg_catalog.pg_class WHERE oid >= '16384' LIMIT '4000';

SELECT pronamespace, 'X', proowner
FROM pg_catalog.pg_proc WHERE oid >= '16384' LIMIT '4000';

SELECT typnamespace, typtype, typowner
FROM pg_catalog.pg_type WHERE oid >= '16384' LIMIT '4000';

-- The functions that hardening closes (shared.sql names them). By their OIDs, which are the same in every major: planned
-- in half the time that their names take. A test compares the two.
SELECT oid, proacl
FROM pg_catalog.pg_proc
WHERE oid = ANY ('{715,957,2880,2881,2882,2883,2884,2885,2886,2887,2888,2889,2890,2891,2892,
               3089,3090,3091,3092,3093,3094,3095,3096,3457,3577,3578}');
