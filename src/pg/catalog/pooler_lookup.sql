-- The function that tells a pooler the verifiers of a database's log-ins, where there is one: asked only of databases
-- that a pooler serves. By the indexes of names, in a schema that nobody else has.
SELECT pg_catalog.pg_get_userbyid(p.proowner), r.rolsuper, p.prosecdef,
       pg_catalog.array_to_string(p.proconfig, E'\n'), p.prosrc,
       coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_roles AS r ON r.oid = p.proowner
WHERE n.nspname = 'innkeeper__pooler' AND p.proname = 'log_in'
  AND pg_catalog.oidvectortypes(p.proargtypes) = 'text';
