-- In which databases the roles $1 own something or hold privileges, and how much; '' is what all databases share. Owned
-- databases are not counted: they are seen as such; nor is database $2, which is to go. Default privileges and user
-- mappings count as privileges.
SELECT r.rolname, coalesce(d.datname, ''),
       count(*) FILTER (WHERE s.deptype = 'o' AND s.classid NOT IN ('pg_catalog.pg_default_acl'::regclass,
                                                                   'pg_catalog.pg_user_mapping'::regclass,
                                                                   'pg_catalog.pg_database'::regclass)),
       count(*) FILTER (WHERE s.deptype <> 'o' OR s.classid IN ('pg_catalog.pg_default_acl'::regclass,
                                                               'pg_catalog.pg_user_mapping'::regclass))
FROM pg_catalog.pg_shdepend AS s
JOIN pg_catalog.pg_roles AS r ON r.oid = s.refobjid
LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid
WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND r.rolname = ANY ($1::text[])
  AND NOT (s.classid = 'pg_catalog.pg_database'::regclass AND s.objid = coalesce(
    (SELECT b.oid FROM pg_catalog.pg_database AS b WHERE b.datname = $2), 0))
  -- Kept by memberships from 16 on; they go with the role.
  AND s.classid <> 'pg_catalog.pg_auth_members'::regclass
GROUP BY r.rolname, d.datname
ORDER BY r.rolname, d.datname NULLS FIRST;
