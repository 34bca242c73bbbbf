-- Hands every object that one role owns in one schema to another role. Members of extensions stay with theirs; a table
-- takes its own sequences, indexes and row type along.
DO $innkeeper$
DECLARE
  object record;
BEGIN
  FOR object IN
    SELECT format('ALTER %s %s OWNER TO %s', kind, name, @TO@) AS statement
    FROM (
      SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                            WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END AS kind,
             c.oid::regclass::text AS name, c.oid, c.tableoid, c.relowner AS owner, c.relnamespace AS schema
      FROM pg_catalog.pg_class AS c
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') OR (c.relkind = 'S' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = c.tableoid AND d.objid = c.oid AND d.deptype IN ('a', 'i')))
      UNION ALL
      SELECT CASE p.prokind WHEN 'a' THEN 'AGGREGATE' ELSE 'ROUTINE' END,
             p.oid::regprocedure::text, p.oid, p.tableoid, p.proowner, p.pronamespace
      FROM pg_catalog.pg_proc AS p
      UNION ALL
      SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,
             t.oid::regtype::text, t.oid, t.tableoid, t.typowner, t.typnamespace
      FROM pg_catalog.pg_type AS t
      WHERE t.typtype IN ('e', 'd', 'r')
    ) AS owned
    WHERE owner = (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = @FROM@)
      AND schema = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = @SCHEMA@)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                      WHERE e.classid = tableoid AND e.objid = owned.oid AND e.deptype = 'e')
  LOOP
    EXECUTE object.statement;
  END LOOP;
END
$innkeeper$;
