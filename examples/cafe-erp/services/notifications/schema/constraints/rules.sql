-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'templates'::regclass AND conname = 'templates_subject_check') THEN
    ALTER TABLE templates ADD CONSTRAINT templates_subject_check
      CHECK (channel <> 'email' OR subject <> '' AND subject IS NOT NULL);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'deliveries'::regclass AND conname = 'deliveries_error_check') THEN
    ALTER TABLE deliveries ADD CONSTRAINT deliveries_error_check CHECK (is_accepted OR error IS NOT NULL);
  END IF;
END $$;
