-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'notifications'::regclass AND tgname = 'notifications_touch') THEN
    CREATE TRIGGER notifications_touch BEFORE UPDATE ON notifications
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notification_touch_updated_at();
  END IF;
END $$;
