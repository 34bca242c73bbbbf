-- What this admin is and may look at: the first question on every server.
SELECT pg_catalog.current_setting('server_version_num'), r.rolname, r.rolsuper, r.rolcreatedb, r.rolcreaterole,
       pg_catalog.pg_is_in_recovery(), r.rolbypassrls, r.rolreplication,
       pg_catalog.has_column_privilege('pg_catalog.pg_authid', 'rolname', 'SELECT')
         AND pg_catalog.has_column_privilege('pg_catalog.pg_authid', 'rolpassword', 'SELECT'),
       pg_catalog.has_table_privilege('pg_catalog.pg_hba_file_rules', 'SELECT')
         AND pg_catalog.has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE'),
       pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')
         AND pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE'),
       pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'EXECUTE'),
       pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'),
       (SELECT pg_catalog.bool_and(pg_catalog.pg_has_role(d.datdba, 'USAGE'))
        FROM pg_catalog.pg_database AS d WHERE d.datname IN ('postgres', 'template1')),
       pg_catalog.current_database(), current_user
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = session_user;
