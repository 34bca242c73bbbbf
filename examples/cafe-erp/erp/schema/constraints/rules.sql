-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'purchase_orders'::regclass AND conname = 'purchase_orders_ordered_check') THEN
    ALTER TABLE purchase_orders ADD CONSTRAINT purchase_orders_ordered_check
      CHECK (status IN ('draft', 'cancelled') OR ordered_on IS NOT NULL);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'purchase_orders'::regclass AND conname = 'purchase_orders_expected_check') THEN
    ALTER TABLE purchase_orders ADD CONSTRAINT purchase_orders_expected_check CHECK (expected_on >= ordered_on);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'stock_movements'::regclass AND conname = 'stock_movements_direction_check') THEN
    ALTER TABLE stock_movements ADD CONSTRAINT stock_movements_direction_check
      CHECK (CASE kind WHEN 'receipt' THEN quantity > 0
                  WHEN 'adjustment' THEN quantity <> 0
                  ELSE quantity < 0 END);
  END IF;
END $$;
