-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'notification_messages'::regclass
                   AND conname = 'notification_messages_sent_check') THEN
    ALTER TABLE notification_messages ADD CONSTRAINT notification_messages_sent_check
      CHECK (status NOT IN ('sent', 'delivered') OR sent_at IS NOT NULL);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'notification_preferences'::regclass
                   AND conname = 'notification_preferences_quiet_check') THEN
    ALTER TABLE notification_preferences ADD CONSTRAINT notification_preferences_quiet_check
      CHECK ((quiet_from IS NULL) = (quiet_until IS NULL));
  END IF;
END $$;
