-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'payments'::regclass AND conname = 'payments_reference_check') THEN
    ALTER TABLE payments ADD CONSTRAINT payments_reference_check
      CHECK (status IN ('pending', 'failed') OR provider_reference IS NOT NULL);
  END IF;
END $$;
