-- Indexes on plain columns that a file declares, as JSON [{"index", "columns", "unique"}, ...] in $1; those whose
-- namesakes are on other columns, or are not unique though they should be.
SELECT d.index, pg_catalog.pg_get_indexdef(x.indexrelid)
FROM pg_catalog.jsonb_to_recordset($1::jsonb) AS d (index text, columns text, "unique" boolean)
JOIN pg_catalog.pg_index AS x ON x.indexrelid = pg_catalog.to_regclass(d.index)
WHERE x.indisunique <> d.unique
   OR d.columns <> (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ',' ORDER BY k.position)
                    FROM pg_catalog.unnest(x.indkey::smallint[]) WITH ORDINALITY AS k (number, position)
                    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.number
                    WHERE k.position <= x.indnkeyatts)
ORDER BY 1;
