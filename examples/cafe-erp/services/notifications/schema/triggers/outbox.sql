-- Once per statement, however many rows it brings.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'outbox'::regclass AND tgname = 'outbox_announce') THEN
    CREATE TRIGGER outbox_announce AFTER INSERT ON outbox
      FOR EACH STATEMENT EXECUTE FUNCTION notifications_announce();
  END IF;
END $$;
