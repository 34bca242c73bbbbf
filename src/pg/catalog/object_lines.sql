-- One line for each object of schema $1, or of all schemas where that is empty: what it is, not its definition's text,
-- which PostgreSQL may print in other words once it went through a dump. Extensions' own objects are left out.
WITH member AS MATERIALIZED (
  SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e'
), chosen AS MATERIALIZED (
  SELECT n.oid, n.nspname
  FROM pg_catalog.pg_namespace AS n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ($1::text = '' OR n.nspname = $1::text)
), relation AS MATERIALIZED (
  SELECT c.oid, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
         format('%I.%I', s.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c
  JOIN chosen AS s ON s.oid = c.relnamespace
  WHERE NOT EXISTS (SELECT FROM member AS m WHERE m.classid = c.tableoid AND m.objid = c.oid)
    -- What a failed CREATE INDEX CONCURRENTLY left is in no dump.
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indexrelid = c.oid AND NOT i.indisvalid
                                                            AND c.relkind = 'i')
)
SELECT line
FROM (
  SELECT format('schema %I', s.nspname) AS line
  FROM chosen AS s
  WHERE s.nspname <> 'public'
  UNION ALL
  SELECT format('relation %s %s%s%s%s', r.name, r.relkind, r.relpersistence, r.relrowsecurity::int,
                r.relforcerowsecurity::int)
  FROM relation AS r
  UNION ALL
  SELECT format('column %s.%I %s %s %s%s%s%s', r.name, a.attname, row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum),
                pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull::int, a.atthasdef::int, a.attidentity,
                a.attgenerated)
  FROM relation AS r
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
  UNION ALL
  SELECT format('index %s %s%s %s/%s', r.name, i.indisunique::int, i.indisprimary::int, i.indnkeyatts, i.indnatts)
  FROM relation AS r
  JOIN pg_catalog.pg_index AS i ON i.indexrelid = r.oid
  UNION ALL
  SELECT format('constraint %I of %s %s %s%s', o.conname, r.name, o.contype, o.condeferrable::int, o.convalidated::int)
  FROM relation AS r
  JOIN pg_catalog.pg_constraint AS o ON o.conrelid = r.oid AND o.contype NOT IN ('n', 't')
  UNION ALL
  SELECT format('trigger %I of %s %s%s', t.tgname, r.name, t.tgtype, t.tgenabled)
  FROM relation AS r
  JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT format('policy %I of %s %s', p.polname, r.name, p.polcmd)
  FROM relation AS r
  JOIN pg_catalog.pg_policy AS p ON p.polrelid = r.oid
  UNION ALL
  SELECT format('rule %I of %s', w.rulename, r.name)
  FROM relation AS r
  JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = r.oid
  UNION ALL
  SELECT format('routine %I.%I(%s) %s %s', s.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid),
                p.prokind, pg_catalog.md5(p.prosrc))
  FROM pg_catalog.pg_proc AS p
  JOIN chosen AS s ON s.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT FROM member AS m WHERE m.classid = p.tableoid AND m.objid = p.oid)
  UNION ALL
  SELECT format('type %I.%I %s %s %s', s.nspname, t.typname, t.typtype,
                CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
                (SELECT pg_catalog.string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder)
                 FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid))
  FROM pg_catalog.pg_type AS t
  JOIN chosen AS s ON s.oid = t.typnamespace
  WHERE t.typtype IN ('d', 'e', 'r')
    AND NOT EXISTS (SELECT FROM member AS m WHERE m.classid = t.tableoid AND m.objid = t.oid)
  UNION ALL
  SELECT format('%s %I.%I', rest.kind, s.nspname, rest.name)
  FROM (
    SELECT 'operator', o.oprname || ' ' || o.oprleft::regtype || ' ' || o.oprright::regtype, o.oprnamespace, o.oid,
           o.tableoid
    FROM pg_catalog.pg_operator AS o
    UNION ALL
    SELECT 'collation', o.collname, o.collnamespace, o.oid, o.tableoid FROM pg_catalog.pg_collation AS o
    UNION ALL
    SELECT 'statistics', o.stxname, o.stxnamespace, o.oid, o.tableoid FROM pg_catalog.pg_statistic_ext AS o
    UNION ALL
    SELECT 'text search configuration', o.cfgname, o.cfgnamespace, o.oid, o.tableoid FROM pg_catalog.pg_ts_config AS o
    UNION ALL
    SELECT 'text search dictionary', o.dictname, o.dictnamespace, o.oid, o.tableoid FROM pg_catalog.pg_ts_dict AS o
    UNION ALL
    SELECT 'conversion', o.conname, o.connamespace, o.oid, o.tableoid FROM pg_catalog.pg_conversion AS o
  ) AS rest (kind, name, namespace, oid, tableoid)
  JOIN chosen AS s ON s.oid = rest.namespace
  WHERE NOT EXISTS (SELECT FROM member AS m WHERE m.classid = rest.tableoid AND m.objid = rest.oid)
  UNION ALL
  SELECT format('extension %I', e.extname)
  FROM pg_catalog.pg_extension AS e
  WHERE $1::text = ''
) AS every_object
ORDER BY line COLLATE "C";
