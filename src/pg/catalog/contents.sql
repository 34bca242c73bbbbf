-- What one database holds that the plan looks at: seven small results in one round trip. Plain scans with hardly a function
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

-- Of the functions that hardening closes (shared.sql names them), those that are not as initdb leaves them. By their OIDs,
-- which are the same in every major: planned in half the time that their names take. A test compares the two.
SELECT oid, proacl
FROM pg_catalog.pg_proc
WHERE proacl IS NOT NULL
  AND oid IN (715, 957, 2880, 2881, 2882, 2883, 2884, 2885, 2886, 2887, 2888, 2889, 2890, 2891, 2892, 3089, 3090, 3091,
              3092, 3093, 3094, 3095, 3096, 3457, 3577, 3578);
