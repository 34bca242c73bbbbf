-- The notification is sent at commit.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'websocket_messages'::regclass AND tgname = 'websocket_messages_announce') THEN
    CREATE TRIGGER websocket_messages_announce AFTER INSERT ON websocket_messages
      FOR EACH ROW EXECUTE FUNCTION websocket_announce();
  END IF;
END $$;
