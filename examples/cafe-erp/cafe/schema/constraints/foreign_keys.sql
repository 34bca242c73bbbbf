-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'menu_items'::regclass AND conname = 'menu_items_category_fk') THEN
    ALTER TABLE menu_items ADD CONSTRAINT menu_items_category_fk
      FOREIGN KEY (category_id) REFERENCES menu_categories (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'orders'::regclass AND conname = 'orders_table_fk') THEN
    ALTER TABLE orders ADD CONSTRAINT orders_table_fk FOREIGN KEY (table_id) REFERENCES dining_tables (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'order_lines'::regclass AND conname = 'order_lines_order_fk') THEN
    ALTER TABLE order_lines ADD CONSTRAINT order_lines_order_fk
      FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'order_lines'::regclass AND conname = 'order_lines_menu_item_fk') THEN
    ALTER TABLE order_lines ADD CONSTRAINT order_lines_menu_item_fk
      FOREIGN KEY (menu_item_id) REFERENCES menu_items (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'payments'::regclass AND conname = 'payments_order_fk') THEN
    ALTER TABLE payments ADD CONSTRAINT payments_order_fk FOREIGN KEY (order_id) REFERENCES orders (id);
  END IF;
END $$;
