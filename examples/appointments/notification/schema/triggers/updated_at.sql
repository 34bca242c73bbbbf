-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = '"Templates"'::regclass AND tgname = 'TR_Templates_UpdatedAt') THEN
    CREATE TRIGGER "TR_Templates_UpdatedAt" BEFORE UPDATE ON "Templates"
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notification_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = '"Notifications"'::regclass AND tgname = 'TR_Notifications_UpdatedAt') THEN
    CREATE TRIGGER "TR_Notifications_UpdatedAt" BEFORE UPDATE ON "Notifications"
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notification_touch_updated_at();
  END IF;
END $$;
