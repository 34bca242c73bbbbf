-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'admin_settings'::regclass AND tgname = 'admin_settings_touch') THEN
    CREATE TRIGGER admin_settings_touch BEFORE UPDATE ON admin_settings
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION admin_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'admin_feature_flags'::regclass AND tgname = 'admin_feature_flags_touch') THEN
    CREATE TRIGGER admin_feature_flags_touch BEFORE UPDATE ON admin_feature_flags
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION admin_touch_updated_at();
  END IF;
END $$;
