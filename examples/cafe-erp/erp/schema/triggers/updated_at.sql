-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'suppliers'::regclass AND tgname = 'suppliers_touch') THEN
    CREATE TRIGGER suppliers_touch BEFORE UPDATE ON suppliers
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION erp_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'products'::regclass AND tgname = 'products_touch') THEN
    CREATE TRIGGER products_touch BEFORE UPDATE ON products
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION erp_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'purchase_orders'::regclass AND tgname = 'purchase_orders_touch') THEN
    CREATE TRIGGER purchase_orders_touch BEFORE UPDATE ON purchase_orders
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION erp_touch_updated_at();
  END IF;
END $$;
