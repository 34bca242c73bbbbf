-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'notification_messages'::regclass
                   AND conname = 'notification_messages_template_fk') THEN
    ALTER TABLE notification_messages ADD CONSTRAINT notification_messages_template_fk
      FOREIGN KEY (template_id) REFERENCES notification_templates (id);
  END IF;
END $$;
