-- May this admin's session read innkeeper.look and innkeeper.rotation? Only plain tables of its own or of a superuser:
-- anything else could run its maker's code. No row: there is none yet.
SELECT c.relname, c.relkind = 'r' AND (r.rolname = session_user OR r.rolsuper)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_roles AS r ON r.oid = c.relowner
WHERE c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'innkeeper')
  AND c.relname IN ('look', 'rotation')
ORDER BY c.relname;
