-- What was written stays written.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'admin_audit_log'::regclass AND tgname = 'admin_audit_log_append_only') THEN
    CREATE TRIGGER admin_audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_audit_log
      FOR EACH STATEMENT EXECUTE FUNCTION admin_refuse_change();
  END IF;
END $$;
