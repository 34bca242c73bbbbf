-- The roles' password verifiers, for whom pg_authid is open.
SELECT a.rolname, a.rolpassword FROM pg_catalog.pg_authid AS a WHERE a.rolpassword IS NOT NULL;
