-- What one database holds that the plan looks at, as one JSON document. System catalogs only: a service's own tables
-- could run its code in our session. User objects have OIDs from 16384 on, which keeps the scans on the indexes.
SELECT json_build_object(
  'schemas', (
    SELECT json_agg(json_build_array(n.nspname, pg_catalog.pg_get_userbyid(n.nspowner),
                                     coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))::text[])
                    ORDER BY n.nspname)
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = 'public' OR n.oid >= 16384 AND n.nspname !~ '^pg_'),
  'extensions', (
    SELECT json_agg(json_build_array(e.extname, e.extversion, e.extnamespace::regnamespace::text) ORDER BY e.extname)
    FROM pg_catalog.pg_extension AS e
    WHERE e.oid >= 16384),
  'default_privileges', (
    SELECT json_agg(json_build_array(pg_catalog.pg_get_userbyid(d.defaclrole), n.nspname, d.defaclobjtype,
                                     d.defaclacl::text[]))
    FROM pg_catalog.pg_default_acl AS d
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace),
  'objects', (
    SELECT json_agg(json_build_array(n.nspname, o.kind, pg_catalog.pg_get_userbyid(o.owner), o.count))
    FROM (
      SELECT schema, kind, owner, count(*) AS count
      FROM (
        SELECT c.relnamespace AS schema, c.relowner AS owner, c.oid, c.tableoid,
               CASE c.relkind WHEN 'S' THEN 'S' WHEN 'c' THEN 'T' ELSE 'r' END AS kind
        FROM pg_catalog.pg_class AS c
        WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
        UNION ALL
        SELECT p.pronamespace, p.proowner, p.oid, p.tableoid, 'f'
        FROM pg_catalog.pg_proc AS p
        WHERE p.oid >= 16384
        UNION ALL
        SELECT t.typnamespace, t.typowner, t.oid, t.tableoid, 'T'
        FROM pg_catalog.pg_type AS t
        WHERE t.oid >= 16384 AND t.typtype IN ('e', 'd', 'r')
      ) AS every_object
      WHERE schema IN (SELECT s.oid FROM pg_catalog.pg_namespace AS s
                       WHERE s.nspname !~ '^pg_' AND s.nspname <> 'extensions')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                        WHERE e.classid = every_object.tableoid AND e.objid = every_object.oid AND e.deptype = 'e')
      GROUP BY schema, kind, owner
    ) AS o
    JOIN pg_catalog.pg_namespace AS n ON n.oid = o.schema),
  'registry', pg_catalog.to_regclass('innkeeper.run') IS NOT NULL
)::text;
