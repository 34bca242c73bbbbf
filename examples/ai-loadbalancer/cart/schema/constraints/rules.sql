-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'carts'::regclass AND conname = 'carts_ordered_check') THEN
    ALTER TABLE carts ADD CONSTRAINT carts_ordered_check CHECK (status <> 'ordered' OR user_id IS NOT NULL);
  END IF;
END $$;
