-- The index named $1 (NULL: there is none): its definition, whether it serves queries, whether somebody builds it, the
-- leavings of REINDEX CONCURRENTLY beside it, whether it is unique, and its columns.
SELECT pg_catalog.pg_get_indexdef(x.indexrelid), x.indisvalid,
       (SELECT p.pid FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.index_relid = x.indexrelid LIMIT 1),
       (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ',')
        FROM pg_catalog.pg_index AS o
        JOIN pg_catalog.pg_class AS c ON c.oid = o.indexrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
        WHERE o.indrelid = x.indrelid AND NOT o.indisvalid AND c.relname ~ '_ccnew[0-9]*$'
          AND pg_catalog.starts_with(c.relname::text, pg_catalog."left"(i.relname::text, 57))),
       x.indisunique,
       (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ',' ORDER BY k.position)
        FROM pg_catalog.unnest(x.indkey::smallint[]) WITH ORDINALITY AS k (number, position)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.number
        WHERE k.position <= x.indnkeyatts)
FROM pg_catalog.pg_index AS x
WHERE x.indexrelid = pg_catalog.to_regclass($1);
