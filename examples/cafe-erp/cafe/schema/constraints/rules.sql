-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'orders'::regclass AND conname = 'orders_closed_check') THEN
    ALTER TABLE orders ADD CONSTRAINT orders_closed_check
      CHECK ((closed_at IS NOT NULL) = (status IN ('paid', 'cancelled')));
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'orders'::regclass AND conname = 'orders_closed_after_opened_check') THEN
    ALTER TABLE orders ADD CONSTRAINT orders_closed_after_opened_check CHECK (closed_at >= opened_at);
  END IF;
END $$;
