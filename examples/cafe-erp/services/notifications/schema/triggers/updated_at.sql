-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'templates'::regclass AND tgname = 'templates_touch') THEN
    CREATE TRIGGER templates_touch BEFORE UPDATE ON templates
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notifications_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'outbox'::regclass AND tgname = 'outbox_touch') THEN
    CREATE TRIGGER outbox_touch BEFORE UPDATE ON outbox
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notifications_touch_updated_at();
  END IF;
END $$;
