-- What to ask of each table and sequence of schema $1, of all schemas where that is empty, and then of the large objects,
-- too: a statement that gives a count and a checksum. Values are printed by record_out, not by a cast to text, which a
-- service may have defined; the sum doesn't depend on the rows' order. Generated columns are computed again by a restore.
WITH chosen AS MATERIALIZED (
  SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND ($1::text = '' OR n.nspname = $1::text)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = c.tableoid AND d.objid = c.oid AND d.deptype = 'e')
), listed AS (
  SELECT t.name, t.relkind,
         (SELECT pg_catalog.string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute AS a
          WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
  FROM chosen AS t
)
SELECT l.name,
       CASE l.relkind
         WHEN 'S' THEN format('SELECT 1, pg_catalog.textin(pg_catalog.record_out(ROW(t.last_value, t.is_called))) '
                              'FROM %s AS t', l.name)
         ELSE format('SELECT count(*), coalesce(sum(pg_catalog.hashtextextended(pg_catalog.textin('
                     'pg_catalog.record_out(ROW(%s))) COLLATE "C", 0)::numeric), 0) FROM ONLY %s AS t',
                     l.columns, l.name)
       END
FROM listed AS l
UNION ALL
SELECT 'large objects',
       'SELECT count(*), coalesce(sum(pg_catalog.hashtextextended(m.oid || pg_catalog.md5(pg_catalog.lo_get(m.oid)), '
       '0)::numeric), 0) FROM pg_catalog.pg_largeobject_metadata AS m'
WHERE $1::text = ''
ORDER BY 1;
