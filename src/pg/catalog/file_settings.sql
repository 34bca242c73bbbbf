-- What the configuration files say, in the server's order: the last line of a setting wins.
SELECT f.name, f.setting FROM pg_catalog.pg_file_settings AS f WHERE f.name IS NOT NULL ORDER BY f.seqno;
