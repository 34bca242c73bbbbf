-- The last scans of contents.sql but one, counted: for a database with more objects than those list.
SELECT relnamespace, relkind, pg_catalog.pg_get_userbyid(relowner), count(*)
FROM pg_catalog.pg_class WHERE oid >= '16384' AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
GROUP BY relnamespace, relkind, relowner
UNION ALL
SELECT pronamespace, 'X', pg_catalog.pg_get_userbyid(proowner), count(*)
FROM pg_catalog.pg_proc WHERE oid >= '16384'
GROUP BY pronamespace, proowner
UNION ALL
SELECT typnamespace, 'T', pg_catalog.pg_get_userbyid(typowner), count(*)
FROM pg_catalog.pg_type WHERE oid >= '16384' AND typtype IN ('e', 'd', 'r')
GROUP BY typnamespace, typowner;
