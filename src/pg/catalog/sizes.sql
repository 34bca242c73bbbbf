-- Sizes of the databases that this admin may look at; NULL for the others, which pg_database_size would refuse.
SELECT d.datname,
       CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
              OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
            THEN pg_catalog.pg_database_size(d.oid)
       END
FROM pg_catalog.pg_database d
WHERE NOT d.datistemplate AND d.datconnlimit <> -2
ORDER BY d.datname;
