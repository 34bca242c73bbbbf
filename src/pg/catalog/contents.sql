-- What one database holds that the plan looks at: six small results in one round trip. Plain scans with hardly a function
-- in them, because a fresh session pays for every catalog entry that it touches first. User objects have OIDs from 16384
-- on; 2200 is initdb's schema public. System catalogs only: a service's own tables could run its code in our session.
SELECT oid, nspname, pg_catalog.pg_get_userbyid(nspowner), nspacl
FROM pg_catalog.pg_namespace WHERE oid = 2200 OR oid >= 16384;

SELECT extname, extversion, extnamespace
FROM pg_catalog.pg_extension WHERE oid >= 16384;

SELECT pg_catalog.pg_get_userbyid(defaclrole), defaclnamespace, defaclobjtype, defaclacl
FROM pg_catalog.pg_default_acl;

SELECT relnamespace, relkind, pg_catalog.pg_get_userbyid(relowner), count(*)
FROM pg_catalog.pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') GROUP BY 1, 2, 3;

SELECT pronamespace, 'X', pg_catalog.pg_get_userbyid(proowner), count(*)
FROM pg_catalog.pg_proc WHERE oid >= 16384 GROUP BY 1, 2, 3;

SELECT typnamespace, 'T', pg_catalog.pg_get_userbyid(typowner), count(*)
FROM pg_catalog.pg_type WHERE oid >= 16384 AND typtype IN ('e', 'd', 'r') GROUP BY 1, 2, 3;
