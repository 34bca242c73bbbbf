-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'cart_items'::regclass AND conname = 'cart_items_cart_fk') THEN
    ALTER TABLE cart_items ADD CONSTRAINT cart_items_cart_fk
      FOREIGN KEY (cart_id) REFERENCES carts (id) ON DELETE CASCADE;
  END IF;
END $$;
