-- What only the proof asks of one database: who was given what. Objects of one kind, schema and owner that share an
-- access control list are one row, so that a large schema is a handful of rows; few joins, because a fresh session pays
-- for every catalog entry that it touches first. The columns behind the namespaces: kind, namespace, owner, count, an
-- example as SQL names it, its access control list, the one that initdb or the extension gave it, facts of its kind.
-- Superuser or not, everybody may read these. Values that may be secret never leave the server.
SELECT oid, nspname, pg_catalog.pg_get_userbyid(nspowner), nspacl,
       (SELECT i.initprivs FROM pg_catalog.pg_init_privs AS i WHERE i.objoid = n.oid AND i.classoid = '2615'),
       pg_catalog.has_table_privilege('pg_catalog.pg_user_mapping', 'SELECT')
FROM pg_catalog.pg_namespace AS n;

-- Tables and sequences; of those that initdb or an extension gave away, what somebody changed since, one by one.
SELECT CASE c.relkind WHEN 'S' THEN 'S' ELSE 'r' END AS kind, c.relnamespace, pg_catalog.pg_get_userbyid(c.relowner),
       count(*), min(c.oid)::pg_catalog.regclass, c.relacl, i.initprivs
FROM pg_catalog.pg_class AS c
LEFT JOIN pg_catalog.pg_init_privs AS i ON i.objoid = c.oid AND i.classoid = '1259' AND i.objsubid = 0
WHERE c.relacl IS DISTINCT FROM i.initprivs AND c.relpersistence <> 't'
GROUP BY kind, c.relnamespace, c.relowner, c.relacl, i.initprivs, CASE WHEN i.initprivs IS NOT NULL THEN c.oid END;

-- Columns: their names where all are of one table.
SELECT 'c', c.relnamespace, pg_catalog.pg_get_userbyid(c.relowner), count(*), min(c.oid)::pg_catalog.regclass,
       a.attacl, i.initprivs,
       CASE WHEN min(c.oid) = max(c.oid) THEN pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ') END
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
LEFT JOIN pg_catalog.pg_init_privs AS i
  ON i.objoid = a.attrelid AND i.classoid = '1259' AND i.objsubid = a.attnum
WHERE a.attacl IS NOT NULL AND a.attacl IS DISTINCT FROM i.initprivs AND NOT a.attisdropped
GROUP BY c.relnamespace, c.relowner, a.attacl, i.initprivs, CASE WHEN c.oid < '16384' THEN a.attrelid END;

-- Functions: SECURITY DEFINER (then one by one) with its search_path pinned, an extension's (looked up only where it
-- matters), and the language.
SELECT 'f', p.pronamespace, pg_catalog.pg_get_userbyid(p.proowner), count(*), min(p.oid)::pg_catalog.regprocedure,
       p.proacl, i.initprivs, p.prosecdef,
       CASE WHEN p.prosecdef
            THEN EXISTS (SELECT FROM pg_catalog.unnest(p.proconfig) AS s WHERE s LIKE 'search\_path=%') END AS is_pinned,
       CASE WHEN p.prosecdef OR p.prolang >= '16384'
            THEN EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                         WHERE d.classid = '1255' AND d.objid = p.oid AND d.deptype = 'e') END AS of_extension,
       p.prolang
FROM pg_catalog.pg_proc AS p
LEFT JOIN pg_catalog.pg_init_privs AS i ON i.objoid = p.oid AND i.classoid = '1255'
WHERE p.oid >= '16384' AND (p.proacl IS DISTINCT FROM i.initprivs OR p.prosecdef OR p.prolang >= '16384')
   OR p.oid < '16384' AND p.proacl IS DISTINCT FROM i.initprivs
GROUP BY p.pronamespace, p.proowner, p.proacl, i.initprivs, p.prosecdef, is_pinned, of_extension, p.prolang,
         CASE WHEN p.prosecdef OR p.prolang >= '16384' OR p.oid < '16384' THEN p.oid END;

SELECT 'T', typnamespace, pg_catalog.pg_get_userbyid(typowner), count(*), min(oid)::pg_catalog.regtype, typacl, NULL
FROM pg_catalog.pg_type
WHERE oid >= '16384' AND typacl IS NOT NULL
GROUP BY typnamespace, typowner, typacl;

SELECT 'L', NULL, pg_catalog.pg_get_userbyid(lomowner), count(*), min(oid), lomacl, NULL
FROM pg_catalog.pg_largeobject_metadata
GROUP BY lomowner, lomacl;

-- Languages that did not come with PostgreSQL, or that somebody declared trusted.
SELECT 'l', NULL, pg_catalog.pg_get_userbyid(lanowner), 1, pg_catalog.quote_ident(lanname), lanacl, NULL, lanpltrusted,
       oid
FROM pg_catalog.pg_language
WHERE oid >= '16384' OR lanname IN ('c', 'internal') AND lanpltrusted;

SELECT 'w', NULL, pg_catalog.pg_get_userbyid(fdwowner), 1, pg_catalog.quote_ident(fdwname), fdwacl, NULL
FROM pg_catalog.pg_foreign_data_wrapper;

-- Foreign servers, and the option that holds a password: options are for everybody to read.
SELECT 's', NULL, pg_catalog.pg_get_userbyid(srvowner), 1, pg_catalog.quote_ident(srvname), srvacl, NULL,
       (SELECT min(pg_catalog.quote_ident(pg_catalog.split_part(o, '=', 1))) FROM pg_catalog.unnest(srvoptions) AS o
        WHERE o ~* '^[^=]*(passw|passphrase|secret|token|api_?key)[^=]*=.'
           OR o ~* 'password=.|://[^/:@ ]*:[^/@ ]+@')
FROM pg_catalog.pg_foreign_server;

SELECT 'P', NULL, pg_catalog.pg_get_userbyid(pubowner), 1, pg_catalog.quote_ident(pubname), NULL, NULL
FROM pg_catalog.pg_publication
WHERE puballtables;

-- Event triggers, with the owner of the function that they run.
SELECT 'E', NULL, pg_catalog.pg_get_userbyid((SELECT f.proowner FROM pg_catalog.pg_proc AS f WHERE f.oid = e.evtfoid)),
       1, pg_catalog.quote_ident(e.evtname), NULL, NULL,
       EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = '3466' AND d.objid = e.oid AND d.deptype = 'e')
FROM pg_catalog.pg_event_trigger AS e
WHERE e.evtenabled <> 'D';

-- Tables that slow down the worker which vacuums them, and so everybody's.
SELECT 'O', relnamespace, pg_catalog.pg_get_userbyid(relowner), count(*), min(oid)::pg_catalog.regclass, NULL, NULL
FROM pg_catalog.pg_class
WHERE reloptions IS NOT NULL
  AND EXISTS (SELECT FROM pg_catalog.unnest(reloptions) AS o WHERE o LIKE 'autovacuum\_vacuum\_cost\_%')
GROUP BY relnamespace, relowner;
