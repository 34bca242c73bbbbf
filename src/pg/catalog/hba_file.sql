-- Was pg_hba.conf changed after the server read it last? For superusers.
SELECT (pg_catalog.pg_stat_file(pg_catalog.current_setting('hba_file'))).modification > pg_catalog.pg_conf_load_time();
