-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'orders'::regclass AND tgname = 'orders_touch') THEN
    CREATE TRIGGER orders_touch BEFORE UPDATE ON orders
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION order_touch_updated_at();
  END IF;
END $$;
