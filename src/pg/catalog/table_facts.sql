-- What the linter asks of a database: search_path; installed extensions; tables with their sizes, as the statistics have
-- them, since measuring would wait for who has a table locked; columns; indexes; foreign keys; domains that check.
SELECT pg_catalog.array_to_string(pg_catalog.current_schemas(false), ',');
SELECT e.extname FROM pg_catalog.pg_extension AS e ORDER BY 1;
SELECT n.nspname, c.relname, f.rows, GREATEST(c.relpages::bigint * 8192, f.rows * 40), c.relkind = 'p'
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT GREATEST(c.reltuples::bigint, pg_catalog.pg_stat_get_live_tuples(c.oid), 0)) AS f (rows)
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2;
SELECT n.nspname, c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema';
SELECT n.nspname, c.relname, i.relname, COALESCE(a.attname, '')
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.unnest(x.indkey::smallint[]) WITH ORDINALITY AS k (number, position)
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number AND k.number > 0
WHERE x.indisvalid AND k.position <= x.indnkeyatts AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY i.oid, k.position;
SELECT n.nspname, c.relname, o.conname, pn.nspname, p.relname
FROM pg_catalog.pg_constraint AS o
JOIN pg_catalog.pg_class AS c ON c.oid = o.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS p ON p.oid = o.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
WHERE o.contype = 'f';
SELECT n.nspname, t.typname
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND (t.typnotnull OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS o WHERE o.contypid = t.oid));
