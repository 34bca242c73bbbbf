-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'notifications'::regclass AND conname = 'notifications_sent_check') THEN
    ALTER TABLE notifications ADD CONSTRAINT notifications_sent_check
      CHECK ((status = 'sent') = (sent_at IS NOT NULL));
  END IF;
END $$;
