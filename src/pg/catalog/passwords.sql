-- In the registry: which verifiers were last known to be right, by their fingerprints.
SELECT r.rolname, p.fingerprint,
       pg_catalog.to_char(p.seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), p.who
FROM innkeeper.password AS p
JOIN pg_catalog.pg_roles AS r ON r.oid = p.role;
