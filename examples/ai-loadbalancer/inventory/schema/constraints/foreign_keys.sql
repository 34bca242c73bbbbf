-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'stock'::regclass AND conname = 'stock_product_fk') THEN
    ALTER TABLE stock ADD CONSTRAINT stock_product_fk FOREIGN KEY (product_id) REFERENCES products (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'reservations'::regclass AND conname = 'reservations_product_fk') THEN
    ALTER TABLE reservations ADD CONSTRAINT reservations_product_fk
      FOREIGN KEY (product_id) REFERENCES products (id);
  END IF;
END $$;
