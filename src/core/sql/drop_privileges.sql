-- Takes a role's privileges and default privileges in this database and on what all databases share. DROP OWNED would
-- also drop what the role owns, so it stops where that is anything.
DO $innkeeper$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_shdepend AS s
             WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.deptype = 'o'
               AND s.refobjid = (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = @ROLE@)
               AND s.classid NOT IN ('pg_catalog.pg_default_acl'::regclass, 'pg_catalog.pg_user_mapping'::regclass)
               AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d
                             WHERE d.datname = pg_catalog.current_database())) THEN
    RAISE EXCEPTION 'role % still owns objects here', @ROLE@ USING ERRCODE = 'dependent_objects_still_exist';
  END IF;
  EXECUTE format('DROP OWNED BY %I', @ROLE@);
END
$innkeeper$;
