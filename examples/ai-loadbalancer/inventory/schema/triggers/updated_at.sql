-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'products'::regclass AND tgname = 'products_touch') THEN
    CREATE TRIGGER products_touch BEFORE UPDATE ON products
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION inventory_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'stock'::regclass AND tgname = 'stock_touch') THEN
    CREATE TRIGGER stock_touch BEFORE UPDATE ON stock
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION inventory_touch_updated_at();
  END IF;
END $$;
