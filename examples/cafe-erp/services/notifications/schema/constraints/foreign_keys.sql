-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'outbox'::regclass AND conname = 'outbox_template_fk') THEN
    ALTER TABLE outbox ADD CONSTRAINT outbox_template_fk FOREIGN KEY (template_id) REFERENCES templates (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'deliveries'::regclass AND conname = 'deliveries_outbox_fk') THEN
    ALTER TABLE deliveries ADD CONSTRAINT deliveries_outbox_fk
      FOREIGN KEY (outbox_id) REFERENCES outbox (id) ON DELETE CASCADE;
  END IF;
END $$;
