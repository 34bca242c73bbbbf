-- One line for each definition in the schemas that a service may change, as PostgreSQL prints it: for two looks at the
-- same database. What an object is stands in object_lines.sql.
WITH chosen AS MATERIALIZED (
  SELECT n.oid, n.nspname
  FROM pg_catalog.pg_namespace AS n
  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'extensions', 'innkeeper')
), relation AS MATERIALIZED (
  SELECT c.oid, c.relkind, c.relacl, format('%I.%I', s.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c
  JOIN chosen AS s ON s.oid = c.relnamespace
)
SELECT line
FROM (
  SELECT format('index %s: %s%s', r.name, pg_catalog.pg_get_indexdef(r.oid),
                CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END) AS line
  FROM relation AS r JOIN pg_catalog.pg_index AS x ON x.indexrelid = r.oid
  UNION ALL
  SELECT format('constraint %I of %s: %s', o.conname, r.name, pg_catalog.pg_get_constraintdef(o.oid))
  FROM relation AS r JOIN pg_catalog.pg_constraint AS o ON o.conrelid = r.oid
  UNION ALL
  SELECT format('default of %s.%I: %s', r.name, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
  FROM relation AS r
  JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = r.oid
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  UNION ALL
  SELECT format('view %s: %s', r.name, pg_catalog.pg_get_viewdef(r.oid)) FROM relation AS r WHERE r.relkind IN ('v', 'm')
  UNION ALL
  SELECT format('trigger of %s: %s', r.name, pg_catalog.pg_get_triggerdef(t.oid))
  FROM relation AS r JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT format('privileges of %s: %s', r.name, r.relacl) FROM relation AS r WHERE r.relacl IS NOT NULL
  UNION ALL
  SELECT format('options of %s: %s', r.name, c.reloptions)
  FROM relation AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.oid WHERE c.reloptions IS NOT NULL
  UNION ALL
  SELECT format('comment on %s%s: %s', r.name, CASE WHEN d.objsubid > 0 THEN '.' || a.attname END, d.description)
  FROM relation AS r
  JOIN pg_catalog.pg_description AS d ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_class'::regclass
  LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = d.objsubid
  UNION ALL
  SELECT format('type %I.%I: %s', s.nspname, t.typname, pg_catalog.pg_get_constraintdef(o.oid))
  FROM pg_catalog.pg_type AS t
  JOIN chosen AS s ON s.oid = t.typnamespace
  JOIN pg_catalog.pg_constraint AS o ON o.contypid = t.oid
) AS every_definition
ORDER BY line COLLATE "C";
