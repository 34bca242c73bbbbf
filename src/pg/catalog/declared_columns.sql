-- Columns that a file declares, as JSON [{"relation", "column", "type"}, ...] in $1; those that their tables don't have,
-- or have with another type. A type that isn't known here says nothing.
SELECT d.relation, d.column, pg_catalog.format_type(a.atttypid, NULL)
FROM pg_catalog.jsonb_to_recordset($1::jsonb) AS d (relation text, "column" text, type text)
LEFT JOIN pg_catalog.pg_attribute AS a
  ON a.attrelid = pg_catalog.to_regclass(d.relation) AND a.attname = d.column AND a.attnum > 0 AND NOT a.attisdropped
WHERE pg_catalog.to_regclass(d.relation) IS NOT NULL
  AND (a.attname IS NULL OR (d.type <> '' AND a.atttypid <> pg_catalog.to_regtype(d.type)))
ORDER BY 1, 2;
