-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'purchase_orders'::regclass AND conname = 'purchase_orders_supplier_fk') THEN
    ALTER TABLE purchase_orders ADD CONSTRAINT purchase_orders_supplier_fk
      FOREIGN KEY (supplier_id) REFERENCES suppliers (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'purchase_order_lines'::regclass AND conname = 'purchase_order_lines_order_fk') THEN
    ALTER TABLE purchase_order_lines ADD CONSTRAINT purchase_order_lines_order_fk
      FOREIGN KEY (purchase_order_id) REFERENCES purchase_orders (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'purchase_order_lines'::regclass
                   AND conname = 'purchase_order_lines_product_fk') THEN
    ALTER TABLE purchase_order_lines ADD CONSTRAINT purchase_order_lines_product_fk
      FOREIGN KEY (product_id) REFERENCES products (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'stock_movements'::regclass AND conname = 'stock_movements_product_fk') THEN
    ALTER TABLE stock_movements ADD CONSTRAINT stock_movements_product_fk
      FOREIGN KEY (product_id) REFERENCES products (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'stock_movements'::regclass
                   AND conname = 'stock_movements_purchase_order_line_fk') THEN
    ALTER TABLE stock_movements ADD CONSTRAINT stock_movements_purchase_order_line_fk
      FOREIGN KEY (purchase_order_line_id) REFERENCES purchase_order_lines (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'stock_levels'::regclass AND conname = 'stock_levels_product_fk') THEN
    ALTER TABLE stock_levels ADD CONSTRAINT stock_levels_product_fk
      FOREIGN KEY (product_id) REFERENCES products (id);
  END IF;
END $$;
