-- Which parameters this admin may set, and alter for the whole server, by a GRANT: where a server has such grants.
SELECT p.parname, pg_catalog.has_parameter_privilege(p.parname, 'SET'),
       pg_catalog.has_parameter_privilege(p.parname, 'ALTER SYSTEM')
FROM pg_catalog.pg_parameter_acl AS p;
