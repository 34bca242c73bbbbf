-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = '"Tenants"'::regclass AND tgname = 'TR_Tenants_UpdatedAt') THEN
    CREATE TRIGGER "TR_Tenants_UpdatedAt" BEFORE UPDATE ON "Tenants"
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION user_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = '"Users"'::regclass AND tgname = 'TR_Users_UpdatedAt') THEN
    CREATE TRIGGER "TR_Users_UpdatedAt" BEFORE UPDATE ON "Users"
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION user_touch_updated_at();
  END IF;
END $$;
