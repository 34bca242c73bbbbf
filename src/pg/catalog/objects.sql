-- The same counts as object_counts.sql, without what belongs to extensions or to a column. Asked only where
-- an object's owner is not its schema's: looking at every dependency costs more than all the rest.
SELECT schema, kind, pg_catalog.pg_get_userbyid(owner), count(*)
FROM (
  SELECT c.relnamespace AS schema, c.relkind::text AS kind, c.relowner AS owner, c.oid, c.tableoid
  FROM pg_catalog.pg_class AS c
  WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
  UNION ALL
  SELECT p.pronamespace, 'X', p.proowner, p.oid, p.tableoid
  FROM pg_catalog.pg_proc AS p
  WHERE p.oid >= 16384
  UNION ALL
  SELECT t.typnamespace, 'T', t.typowner, t.oid, t.tableoid
  FROM pg_catalog.pg_type AS t
  WHERE t.oid >= 16384 AND t.typtype IN ('e', 'd', 'r')
) AS every_object
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                  WHERE d.classid = every_object.tableoid AND d.objid = every_object.oid
                    AND (d.deptype = 'e' OR every_object.kind = 'S' AND d.deptype IN ('a', 'i')))
GROUP BY schema, kind, owner;
