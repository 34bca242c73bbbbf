-- What the linter asks of a database: search_path; installed extensions; tables with their size.
SELECT pg_catalog.array_to_string(pg_catalog.current_schemas(false), ',');
SELECT e.extname FROM pg_catalog.pg_extension AS e ORDER BY 1;
SELECT n.nspname, c.relname, GREATEST(c.reltuples, 0)::bigint, pg_catalog.pg_total_relation_size(c.oid),
       c.relkind = 'p'
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2;
