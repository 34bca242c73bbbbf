-- Tables that may hold another tool's history, with their columns, those on the search_path first: $1 their names,
-- separated by U+001F; $2 a schema, or NULL for any.
SELECT n.nspname, c.relname, n.nspname = ANY (pg_catalog.current_schemas(false)),
       pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'),
       (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(31))
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relname = ANY (pg_catalog.string_to_array($1::text, pg_catalog.chr(31)))
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname = coalesce($2::text, n.nspname)
ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(false), n.nspname), n.nspname, c.relname;
