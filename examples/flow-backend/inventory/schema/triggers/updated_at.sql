-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'inventory_locations'::regclass AND tgname = 'inventory_locations_touch') THEN
    CREATE TRIGGER inventory_locations_touch BEFORE UPDATE ON inventory_locations
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION inventory_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'inventory_stock'::regclass AND tgname = 'inventory_stock_touch') THEN
    CREATE TRIGGER inventory_stock_touch BEFORE UPDATE ON inventory_stock
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION inventory_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'inventory_cylinders'::regclass AND tgname = 'inventory_cylinders_touch') THEN
    CREATE TRIGGER inventory_cylinders_touch BEFORE UPDATE ON inventory_cylinders
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION inventory_touch_updated_at();
  END IF;
END $$;
