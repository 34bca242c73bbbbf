-- The shared catalogs as one JSON document: one row, whatever the number of services. Arrays keep it small; catalog.cc
-- reads them in this order.
SELECT json_build_object(
  'system_identifier', (SELECT s.system_identifier::text FROM pg_catalog.pg_control_system() AS s),
  'roles', (
    SELECT json_agg(json_build_array(r.rolname, r.oid::bigint, r.rolcanlogin, r.rolsuper, r.rolcreatedb,
                                     r.rolcreaterole, r.rolreplication, r.rolbypassrls, r.rolinherit, r.rolconnlimit,
                                     r.rolvaliduntil::text, r.rolconfig, d.description) ORDER BY r.rolname)
    FROM pg_catalog.pg_roles AS r
    LEFT JOIN pg_catalog.pg_shdescription AS d
      ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::regclass),
  'memberships', (
    -- inherit_option and set_option exist from 16: to_jsonb gives NULL below.
    SELECT json_agg(json_build_array(pg_catalog.pg_get_userbyid(m.roleid), pg_catalog.pg_get_userbyid(m.member),
                                     pg_catalog.pg_get_userbyid(m.grantor), m.admin_option,
                                     (m.whole ->> 'inherit_option')::boolean, (m.whole ->> 'set_option')::boolean))
    FROM (SELECT a.*, to_jsonb(a) AS whole FROM pg_catalog.pg_auth_members AS a OFFSET 0) AS m),
  'databases', (
    SELECT json_agg(json_build_array(b.datname, b.oid::bigint, pg_catalog.pg_get_userbyid(b.datdba), b.datallowconn,
                                     b.datconnlimit, b.datistemplate, pg_catalog.pg_encoding_to_char(b.encoding),
                                     b.datcollate, b.datctype,
                                     coalesce(b.datacl, pg_catalog.acldefault('d', b.datdba))::text[],
                                     d.description, s.setconfig) ORDER BY b.datname)
    FROM pg_catalog.pg_database AS b
    LEFT JOIN pg_catalog.pg_shdescription AS d
      ON d.objoid = b.oid AND d.classoid = 'pg_catalog.pg_database'::regclass
    LEFT JOIN pg_catalog.pg_db_role_setting AS s ON s.setdatabase = b.oid AND s.setrole = 0),
  'role_settings', (
    SELECT json_agg(json_build_array(pg_catalog.pg_get_userbyid(s.setrole), b.datname, s.setconfig))
    FROM pg_catalog.pg_db_role_setting AS s
    JOIN pg_catalog.pg_database AS b ON b.oid = s.setdatabase
    WHERE s.setrole <> 0),
  'parameters', (
    -- What this very session pinned at its start says nothing about the server.
    SELECT json_agg(json_build_array(p.name,
                                     CASE WHEN p.source IN ('client', 'session', 'user', 'database', 'database user')
                                          THEN p.boot_val ELSE p.setting END,
                                     p.unit, p.vartype, p.context, p.pending_restart))
    FROM pg_catalog.pg_settings AS p),
  'functions', (
    -- Those that hardening closes; function_group.h names the groups. Every database has the same ones.
    SELECT json_agg(json_build_array(p.oid::bigint, p.proname, p.oid::regprocedure::text) ORDER BY p.oid)
    FROM pg_catalog.pg_proc AS p
    WHERE p.oid < 16384
      AND p.proname IN ('pg_logical_emit_message', 'lo_creat', 'lo_create', 'lo_from_bytea', 'pg_advisory_lock',
                        'pg_advisory_lock_shared', 'pg_advisory_xact_lock', 'pg_advisory_xact_lock_shared',
                        'pg_try_advisory_lock', 'pg_try_advisory_lock_shared', 'pg_try_advisory_xact_lock',
                        'pg_try_advisory_xact_lock_shared', 'pg_advisory_unlock', 'pg_advisory_unlock_shared',
                        'pg_advisory_unlock_all')),
  'sessions', (
    SELECT json_agg(json_build_array(a.datname, a.usename, a.sessions))
    FROM (SELECT datname, usename, count(*) AS sessions
          FROM pg_catalog.pg_stat_activity
          WHERE datname IS NOT NULL AND usename IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
            -- NULL for a plain admin: it sees who is where, and no more of others.
            AND coalesce(backend_type, 'client backend') = 'client backend'
          GROUP BY datname, usename) AS a)
)::text;
