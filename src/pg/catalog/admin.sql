-- What this admin is and may look at: the first question on every server.
SELECT pg_catalog.current_setting('server_version_num'), r.rolname, r.rolsuper, r.rolcreatedb, r.rolcreaterole,
       pg_catalog.pg_is_in_recovery()
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = session_user;
