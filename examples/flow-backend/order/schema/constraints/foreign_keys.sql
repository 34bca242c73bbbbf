-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'order_items'::regclass AND conname = 'order_items_order_fk') THEN
    ALTER TABLE order_items ADD CONSTRAINT order_items_order_fk
      FOREIGN KEY (order_id) REFERENCES order_orders (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'order_status_history'::regclass AND conname = 'order_status_history_order_fk') THEN
    ALTER TABLE order_status_history ADD CONSTRAINT order_status_history_order_fk
      FOREIGN KEY (order_id) REFERENCES order_orders (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'order_deliveries'::regclass AND conname = 'order_deliveries_order_fk') THEN
    ALTER TABLE order_deliveries ADD CONSTRAINT order_deliveries_order_fk
      FOREIGN KEY (order_id) REFERENCES order_orders (id);
  END IF;
END $$;
