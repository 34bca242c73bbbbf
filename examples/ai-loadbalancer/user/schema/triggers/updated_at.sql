-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'users'::regclass AND tgname = 'users_touch') THEN
    CREATE TRIGGER users_touch BEFORE UPDATE ON users
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION user_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'addresses'::regclass AND tgname = 'addresses_touch') THEN
    CREATE TRIGGER addresses_touch BEFORE UPDATE ON addresses
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION user_touch_updated_at();
  END IF;
END $$;
