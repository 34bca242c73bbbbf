-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'user_accounts'::regclass AND tgname = 'user_accounts_touch') THEN
    CREATE TRIGGER user_accounts_touch BEFORE UPDATE ON user_accounts
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION user_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'user_profiles'::regclass AND tgname = 'user_profiles_touch') THEN
    CREATE TRIGGER user_profiles_touch BEFORE UPDATE ON user_profiles
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION user_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'user_vendor_profiles'::regclass AND tgname = 'user_vendor_profiles_touch') THEN
    CREATE TRIGGER user_vendor_profiles_touch BEFORE UPDATE ON user_vendor_profiles
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION user_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'user_hospital_profiles'::regclass AND tgname = 'user_hospital_profiles_touch') THEN
    CREATE TRIGGER user_hospital_profiles_touch BEFORE UPDATE ON user_hospital_profiles
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION user_touch_updated_at();
  END IF;
END $$;
