-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'order_orders'::regclass AND conname = 'order_orders_vendor_check') THEN
    ALTER TABLE order_orders ADD CONSTRAINT order_orders_vendor_check
      CHECK (status IN ('placed', 'cancelled') OR vendor_id IS NOT NULL);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'order_deliveries'::regclass AND conname = 'order_deliveries_delivered_check') THEN
    ALTER TABLE order_deliveries ADD CONSTRAINT order_deliveries_delivered_check
      CHECK ((status = 'delivered') = (delivered_at IS NOT NULL));
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'order_deliveries'::regclass AND conname = 'order_deliveries_failure_check') THEN
    ALTER TABLE order_deliveries ADD CONSTRAINT order_deliveries_failure_check
      CHECK (status <> 'failed' OR failure_reason IS NOT NULL);
  END IF;
END $$;
