-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'notification_templates'::regclass AND tgname = 'notification_templates_touch') THEN
    CREATE TRIGGER notification_templates_touch BEFORE UPDATE ON notification_templates
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notification_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'notification_messages'::regclass AND tgname = 'notification_messages_touch') THEN
    CREATE TRIGGER notification_messages_touch BEFORE UPDATE ON notification_messages
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notification_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'notification_preferences'::regclass
                   AND tgname = 'notification_preferences_touch') THEN
    CREATE TRIGGER notification_preferences_touch BEFORE UPDATE ON notification_preferences
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION notification_touch_updated_at();
  END IF;
END $$;
