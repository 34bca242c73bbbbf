-- Which extensions the server could install. Reads many small files there, so it is asked only when one is missing.
SELECT a.name, a.default_version, v.trusted
FROM pg_catalog.pg_available_extensions AS a
JOIN pg_catalog.pg_available_extension_versions AS v ON v.name = a.name AND v.version = a.default_version;
